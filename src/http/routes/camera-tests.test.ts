import { describe, expect, it } from 'vitest'
import { FakePuller, TEST_RESULT } from '../../../test/support/cameras.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import type { CameraSettings } from '../../core/camera.ts'
import { CameraTests } from './camera-tests.ts'

const settings: CameraSettings = {
  stream: { label: 'North', key: 'gate' },
  url: 'rtsp://cam/',
  ...{ runs: 'on-demand', certificate: 'verified', transport: 'auto' },
}
const camera = { settings, origin: 'added' } as const

function makeTests({ atOnce = 2, perMinute = 5 } = {}) {
  const [clock, puller] = [new ManualClock(), new FakePuller()]
  const hang = (_settings: CameraSettings, signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  return { clock, puller, hang, tests: new CameraTests({ puller, clock, atOnce, perMinute }) }
}

describe('a test of a camera', () => {
  it('ends after 15 s, and says so', async () => {
    const { clock, puller, hang, tests } = makeTests()
    puller.onTest = hang
    const waiting = tests.run('me', camera, undefined)
    clock.advance(15_000)
    await expect(waiting).rejects.toMatchObject({ problem: 'silent', message: /no picture came within 15 s/ })
  })

  it('ends when nobody waits for it any more, and makes room for others', async () => {
    const { puller, hang, tests } = makeTests({ atOnce: 1 })
    puller.onTest = hang
    const gone = new AbortController()
    const waiting = tests.run('me', camera, gone.signal)
    await expect(tests.run('you', camera, undefined)).rejects.toMatchObject({ limit: 'cameras.tests_at_once' })
    gone.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    puller.onTest = async () => TEST_RESULT
    expect(await tests.run('you', camera, undefined)).toBe(TEST_RESULT)
  })

  it('may be made so often a minute by each client', async () => {
    const { clock, tests } = makeTests({ perMinute: 2 })
    for (const client of ['me', 'me', 'you']) await tests.run(client, camera, undefined)
    await expect(tests.run('me', camera, undefined)).rejects.toMatchObject({ limit: 'cameras.tests_per_minute' })
    clock.advance(60_000)
    expect(await tests.run('me', camera, undefined)).toBe(TEST_RESULT)
  })
})

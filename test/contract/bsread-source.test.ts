import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LiveClient, type LiveFrame } from '../../client/index.ts'
import { readPicture } from '../../src/wire/picture.ts'
import { TestServer } from '../support/server.ts'
import { Simulator } from '../support/simulator.ts'
import { until } from '../support/until.ts'

const PYTHON = process.env.BELVEDERE_TEST_PYTHON ?? 'python3'
const GENERATOR = join(import.meta.dirname, '../fixtures/beamline_generator.py')

/** A server that reads the instrument at that port, as `npm start -- -O 127.0.0.1 -S PORT` does. */
async function reading({ port }: Simulator, socket = 'pull') {
  const source = { host: '127.0.0.1', port, socket }
  const server = await TestServer.start({ config: { 'instruments.sources': JSON.stringify([source]) } })
  const status = async () => {
    const [stream] = await server.streams()
    const instrument: unknown = stream?.instrument
    return typeof instrument === 'object' && instrument !== null ? { ...instrument } : {}
  }
  return {
    server,
    /** The pulse that has come last; -1n before the first one. */
    async pulseId(): Promise<bigint> {
      const { pulse_id: id } = { pulse_id: null, ...(await status()) }
      return typeof id === 'string' ? BigInt(id) : -1n
    },
    /** Watches all that it shows. */
    watch() {
      const client = new LiveClient(server.url)
      onTestFinished(() => client.disconnect())
      const frames: LiveFrame[] = []
      client.connect()
      client.watch({ label: 'beamline', onFrame: (frame) => void frames.push(frame) })
      return { frames, come: (count: number) => until(() => frames.length >= count, `${count} frames`) }
    },
  }
}

function pulseOf(frame: LiveFrame | undefined): bigint {
  return BigInt(frame?.pulse?.id ?? -1)
}

/** The newest picture and its measurements come, keep coming, and none is from before the viewer. */
async function checkStream(simulator: Simulator, socket?: string): Promise<void> {
  const { pulseId, watch } = await reading(simulator, socket)
  await until(async () => (await pulseId()) > 3n, 'pulses that nobody watches')
  const before = await pulseId()
  const viewer = watch()
  await viewer.come(5)
  const [first] = viewer.frames
  expect(pulseOf(first)).toBeGreaterThan(before)
  const pulses = viewer.frames.map(pulseOf)
  expect(pulses).toEqual(pulses.toSorted((a, b) => Number(a - b)))
  expect(first).toMatchObject({ stream: { label: 'beamline', key: 'image' }, width: 64, height: 48 })
  const picture = readPicture(first?.bytes ?? new Uint8Array(0), { maxPixels: 1e6 })
  expect(picture.size).toEqual({ width: 64, height: 48 })
  const { image_profile_x: columns, image_profile_y: rows, beam_energy: energy, ...others } = first?.metadata ?? {}
  expect(others).toEqual({ image_size_x: 64, image_size_y: 48, repetition_rate: 100 })
  expect(energy).toSatisfy((value) => typeof value === 'number' && value >= 5 && value < 5.5)
  expect([columns, rows]).toMatchObject([{ length: 64 }, { length: 48 }])
  expect(Math.abs(Date.now() - (first?.capturedAt ?? 0))).toBeLessThan(60_000)
  // Somebody who comes later gets nothing of before either.
  const known = await pulseId()
  const second = watch()
  await second.come(1)
  expect(pulseOf(second.frames[0])).toBeGreaterThan(known)
}

describe('an instrument that sends bsread', () => {
  it('is shown from the moment that somebody watches: belvedere simulate, PUSH', async () => {
    await checkStream(await Simulator.beamline())
  })

  it('is shown from a PUB socket, packed: belvedere simulate', async () => {
    await checkStream(await Simulator.beamline('--pub', '--compression', 'bitshuffle_lz4'), 'sub')
  })

  it("is shown from a sender that is not ours: the first generation's generator, in Python", async () => {
    await checkStream(await Simulator.run(PYTHON, [GENERATOR, '0.02']))
  })
})

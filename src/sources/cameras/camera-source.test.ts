import { describe, expect, it } from 'vitest'
import { FakeDecoder } from '../../../test/support/fake-decoder.ts'
import { anyone, frameInput, makeHub } from '../../../test/support/hub.ts'
import { jpeg } from '../../../test/support/pictures.ts'
import { TRACK, videoPacket } from '../../../test/support/video.ts'
import type { CameraSettings } from '../../core/camera.ts'
import { IMAGES } from '../../core/frame.ts'
import { Supervisor } from '../../core/supervisor.ts'
import { CameraFailure, type CameraListener } from './camera-input.ts'
import { startCamera } from './camera-source.ts'

const STREAM = { label: 'site', key: 'door' }

/** A camera that does what the test says. */
interface TestCamera {
  readonly listener: CameraListener
  readonly signal: AbortSignal
  fail(error: Error): void
}

function setUp(settings: Partial<CameraSettings> = {}) {
  const { hub, clock } = makeHub()
  const log = { error() {}, warn() {}, info() {} }
  const pulls: TestCamera[] = []
  const decoders: FakeDecoder[] = []
  const camera = startCamera(
    {
      supervisor: new Supervisor({ hub, clock, log, random: () => 1 }),
      clock,
      log,
      openInput: () => ({
        pull: (listener, signal) =>
          new Promise((resolve, reject) => {
            pulls.push({ listener, signal, fail: reject })
            signal.addEventListener('abort', () => resolve())
          }),
      }),
      openDecoder: (options) => {
        const decoder = new FakeDecoder(options)
        decoders.push(decoder)
        return decoder
      },
      rules: {
        closeAfter: 0,
        startTimeout: 15_000,
        yieldsFor: 30_000,
        ring: { bytes: 1e6, duration: 10_000 },
        maxPixels: 1e7,
      },
    },
    {
      stream: STREAM,
      url: 'rtsp://camera/',
      runs: 'on-demand',
      certificate: 'verified',
      transport: 'auto',
      ...settings,
    },
    'added',
  )
  const watch = (maxFps?: number) => {
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
    viewer.watch(0, { ...STREAM, maxFps })
    return viewer
  }
  return {
    hub,
    clock,
    camera,
    pulls,
    decoders,
    watch,
    pull: () => pulls.at(-1) ?? expect.fail('it is not pulled'),
    decoder: () => decoders.at(-1) ?? expect.fail('nothing is decoded'),
    /** The stream as people see it. */
    stream: () => hub.directory.list(anyone)[0] ?? expect.fail('no stream'),
    settle: () => new Promise(setImmediate),
    /** A key frame that was captured so long ago, ms. */
    key: (pts: number, delay?: number) =>
      videoPacket({
        pts,
        isKey: true,
        arrivedAt: clock.now(),
        capturedAt: delay === undefined ? undefined : clock.now() - delay,
      }),
  }
}

describe('a camera on demand', () => {
  it('is not pulled while nobody watches', () => {
    const { camera, pulls, stream } = setUp()
    expect(pulls).toHaveLength(0)
    expect(camera.status.state).toBe('idle')
    expect(stream().state).toBe('idle')
  })

  it('is pulled and decoded once somebody watches, and shows when a picture was captured', async () => {
    const { clock, camera, watch, pull, decoder, stream, settle, key } = setUp()
    const viewer = watch()
    expect(camera.status.state).toBe('connecting')
    pull().listener.track(TRACK)
    pull().listener.packet(key(1, 70))
    decoder().give(1)
    await settle()
    expect(camera.status).toMatchObject({ state: 'live', codec: 'h264', clock: 'camera', isDecoding: true })
    expect(stream().newest).toMatchObject({
      size: TRACK.size,
      capturedAt: clock.now() - 70,
      captureClock: 'synchronised',
    })
    viewer.close()
    await settle()
    expect(pull().signal.aborted).toBe(true)
    expect(camera.status.state).toBe('idle')
  })

  it('passes on what a camera of single pictures sends, as often as it is wanted', async () => {
    const { clock, camera, watch, pull, stream, settle } = setUp()
    watch(2)
    const send = async () => {
      pull().listener.picture({ bytes: jpeg(640, 480), arrivedAt: clock.now() })
      await settle()
    }
    await send()
    const first = stream().newest?.id
    expect(pull().listener.wantedRate()).toBe(2)
    clock.advance(100)
    await send()
    expect(stream().newest?.id).toBe(first)
    clock.advance(500)
    await send()
    expect(stream().newest?.id).not.toBe(first)
    expect(camera.status).toMatchObject({ codec: 'mjpeg', size: { width: 640, height: 480 }, clock: 'arrival' })
  })

  it('says what is wrong, and stops trying where a password is', async () => {
    const { clock, camera, pulls, watch, pull, stream, settle } = setUp()
    watch()
    pull().fail(new CameraFailure('unreachable', 'The camera does not answer.'))
    await settle()
    expect(camera.status).toMatchObject({
      state: 'failed',
      reason: 'The camera does not answer.',
      restarts: 1,
      lastError: { problem: 'unreachable' },
    })
    expect(stream()).toMatchObject({ state: 'offline', reason: 'The camera does not answer.' })
    clock.advance(500)
    pull().fail(new CameraFailure('password', 'Wrong password.', Number.POSITIVE_INFINITY))
    await settle()
    clock.advance(3_600_000)
    expect(pulls).toHaveLength(2)
    expect(camera.status.state).toBe('stopped')
    camera.retry()
    expect(pulls).toHaveLength(3)
  })

  it('that comes back is live with its first picture, and nothing else before', async () => {
    const { clock, watch, pull, decoder, stream, settle, key } = setUp()
    watch()
    const come = (pts: number) => {
      pull().listener.track(TRACK)
      pull().listener.packet(key(pts))
    }
    come(1)
    decoder().give(1)
    await settle()
    clock.advance(5000)
    pull().fail(new CameraFailure('unreachable', 'The camera does not answer.'))
    await settle()
    clock.advance(500)
    come(2)
    expect(stream()).toMatchObject({ state: 'offline', reason: 'The camera does not answer.' })
    decoder().give(2)
    await settle()
    expect(stream().state).toBe('live')
  })

  it('is not pulled while a detector publishes its stream', async () => {
    const { hub, camera, watch, pull, settle } = setUp()
    watch()
    await hub.publish(anyone, frameInput('site', 'door'), 'test')
    await settle()
    expect(pull().signal.aborted).toBe(true)
    expect(camera.status.state).toBe('yielding')
  })

  it('fails when its pictures are none', async () => {
    const { clock, camera, watch, pull, settle } = setUp()
    watch()
    for (let i = 0; i < 20; i++) pull().listener.picture({ bytes: new Uint8Array(9), arrivedAt: clock.now() })
    await settle()
    expect(camera.status).toMatchObject({ state: 'failed', lastError: { problem: 'protocol' } })
  })
})

describe('a camera that is always pulled', () => {
  it('is live without a picture while nobody watches, and decodes for the first viewer at once', () => {
    const { camera, watch, pull, decoders, decoder, stream, key } = setUp({ runs: 'always' })
    pull().listener.track(TRACK)
    pull().listener.packet(key(1))
    expect(camera.status).toMatchObject({ state: 'live', isDecoding: false })
    expect(stream().state).toBe('live')
    const viewer = watch()
    expect(decoder().options.from).toHaveLength(1)
    viewer.close()
    expect(decoder().isClosed).toBe(true)
    expect(decoders).toHaveLength(1)
    expect(pull().signal.aborted).toBe(false)
  })
})

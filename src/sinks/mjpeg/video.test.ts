import { describe, expect, it } from 'vitest'
import { FakeConnection } from '../../../test/support/fake-connection.ts'
import { anyone, frameInput } from '../../../test/support/hub.ts'
import { parseJpegParts } from '../../../test/support/multipart-jpeg.ts'
import { makeSinks } from '../../../test/support/sinks.ts'
import type { Clock } from '../../core/clock.ts'
import { PRIVILEGED } from '../../core/quota-client.ts'
import type { SlateOrder } from './slate-messages.ts'
import type { SlatePainter } from './slate-thread.ts'
import { Slates } from './slates.ts'
import { Videos, type VideosParts } from './videos.ts'

const STREAM = { label: 'site', key: 'camera' }
/** In which steps time passes, ms. */
const STEP_MS = 10
const SLATE = new Uint8Array(7).fill(9)

/** A reader whose machine acknowledges what the test says. */
class TcpConnection extends FakeConnection {
  /** What its machine has not acknowledged, bytes; undefined: the system does not tell. */
  left: number | undefined = 0
  /** How often its machine was asked. */
  asked = 0
  readonly #clock: Clock

  constructor(clock: Clock) {
    super()
    this.#clock = clock
  }

  unacknowledged(): Promise<number | undefined> {
    this.asked++
    return new Promise((resolve) => this.#clock.after(this.left === undefined ? 0 : 10, () => resolve(this.left)))
  }
}

function start({ painter: itsPainter, ...more }: Partial<VideosParts> & { painter?: SlatePainter } = {}) {
  const sinks = makeSinks()
  const { hub, clock, parts } = sinks
  const orders: SlateOrder[] = []
  const painter = {
    draw: async (order: SlateOrder) => {
      orders.push(order)
      return SLATE
    },
    close: async () => {},
  }
  const places = { max: 2, share: 2 }
  const slates = new Slates({ painter: itsPainter ?? painter, mostKept: 32, clock, log: parts.log })
  const settings = { slateInterval: 5000, unreadAfter: 30_000, fullRetry: 30_000, places }
  const videos = new Videos({ ...parts, slates, ...settings, ...more })
  const open = (maxFps?: number, connection = new TcpConnection(clock)) => {
    const state = hub.directory.condition(anyone, STREAM).state
    const plainSize = { width: 640, height: 480 }
    const who = { principal: anyone, owner: PRIVILEGED, id: 'somebody' }
    videos.open({ ...who, stream: STREAM, state, wish: {}, maxFps, language: 'en', plainSize }, connection)
    return connection
  }
  /** The sizes of the pictures so far; a slate has seven bytes. */
  const sizes = (connection: FakeConnection) =>
    parseJpegParts(Buffer.concat(connection.written)).map(({ jpeg }) => jpeg.length)
  /** Lets time pass, and what waits for it happen. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= STEP_MS) {
      clock.advance(Math.min(left, STEP_MS))
      await new Promise(setImmediate)
    }
  }
  /** Publishes 50 frames a second. */
  const publishFor = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 20) {
      await publish(10)
      await pass(20)
    }
  }
  const publish = (bytes: number) => hub.publish(anyone, frameInput(STREAM.label, STREAM.key, bytes), 'test')
  return { ...sinks, videos, orders, open, sizes, pass, publish, publishFor }
}

describe('a picture', () => {
  it('is sent once more when nothing follows it', async () => {
    const { open, publish, pass, sizes } = start()
    await publish(10)
    const reader = open()
    await pass(100)
    await publish(20)
    await pass(149)
    expect(sizes(reader)).toEqual([10, 20])
    await pass(26)
    expect(sizes(reader)).toEqual([10, 20, 20])
    await pass(1000)
    expect(sizes(reader)).toEqual([10, 20, 20])
  })

  it('waits while too much is on the way, and is the newest then', async () => {
    const { open, publish, pass, sizes } = start()
    await publish(10)
    const reader = open()
    await pass(20)
    reader.left = 1e6
    for (const bytes of [11, 12, 13, 14]) {
      await publish(bytes)
      await pass(20)
    }
    const before = sizes(reader)
    expect(before.length).toBeLessThan(5)
    reader.left = 0
    await pass(1000)
    expect(sizes(reader)[before.length]).toBe(14)
  })

  it('is sent without asking each time whether the last one has arrived, until once it has not', async () => {
    const { open, publish, publishFor, sizes } = start()
    await publish(10)
    const reader = open()
    await publishFor(4000)
    const asked = reader.asked
    await publishFor(4000)
    expect(sizes(reader).length).toBeGreaterThan(395)
    expect(reader.asked - asked).toBeLessThan(10)
    reader.left = 1e6
    const before = sizes(reader).length
    await publishFor(2000)
    // A second's, and what may be on the way.
    expect(sizes(reader).length - before).toBeLessThan(55)
    expect(reader.asked).toBeGreaterThan(20)
  })

  it('is asked for at once when the kernel does not take one, however often all had arrived', async () => {
    const { open, publish, publishFor, sizes } = start()
    await publish(10)
    const reader = open()
    await publishFor(8300)
    reader.left = 1e6
    reader.stall()
    for (const bytes of [10, 11]) await publish(bytes)
    reader.drain()
    const before = sizes(reader).length
    await publishFor(500)
    expect(sizes(reader).length - before).toBeLessThan(4)
  })

  it('waits for nothing but the kernel where the system does not tell what has arrived', async () => {
    const { open, publish, pass, sizes } = start()
    await publish(10)
    const reader = open()
    reader.left = undefined
    for (const bytes of [11, 12, 13, 14]) {
      await publish(bytes)
      await pass(20)
    }
    expect(sizes(reader)).toEqual([10, 11, 12, 13, 14])
  })

  it('comes at most as often as was asked for', async () => {
    const { open, publish, pass, sizes } = start()
    await publish(10)
    const reader = open(1)
    for (let n = 0; n < 30; n++) {
      await publish(11)
      await pass(100)
    }
    // Each twice, as the next is far.
    expect(sizes(reader).length).toBeLessThanOrEqual(8)
  })
})

it('a reader that takes nothing for too long is disconnected', async () => {
  const { open, publish, pass } = start()
  await publish(10)
  const reader = open()
  await pass(20)
  reader.left = 1e6
  for (let n = 0; n < 62 && !reader.closing; n++) {
    await publish(10)
    await pass(500)
  }
  expect(reader.closing?.reason).toBe('nothing was read for too long')
})

describe('a slate', () => {
  it('is shown when the stream stops, every five seconds, until there are pictures', async () => {
    const { open, publish, pass, sizes, orders } = start()
    await publish(10)
    const reader = open()
    await pass(1000)
    expect(sizes(reader)).toEqual([10, 10])
    await pass(1500)
    await pass(200)
    expect(sizes(reader)).toEqual([10, 10, 7, 7])
    expect(orders).toMatchObject([{ width: 64, height: 48, text: expect.stringMatching(/^No picture since/) }])
    await pass(5000)
    await pass(200)
    expect(sizes(reader)).toEqual([10, 10, 7, 7, 7, 7])
    await publish(20)
    await pass(1000)
    expect(sizes(reader)).toEqual([10, 10, 7, 7, 7, 7, 20, 20])
    // Drawn once.
    expect(orders).toHaveLength(1)
  })

  it('is what a reader sees first where the stream has stopped before', async () => {
    const { open, publish, pass, sizes, orders } = start()
    await publish(10)
    await pass(60_000)
    const reader = open()
    await pass(30)
    expect(sizes(reader)).toEqual([7])
    expect(orders).toMatchObject([{ text: expect.stringMatching(/^No picture since/) }])
    await publish(20)
    await pass(10)
    expect(sizes(reader)).toEqual([7, 20])
  })

  it('that cannot be drawn is the old picture, once, and is tried again after a minute', async () => {
    let isBroken = true
    const draw = () => (isBroken ? Promise.reject(new Error('no memory')) : Promise.resolve(SLATE))
    const { open, publish, pass, sizes } = start({ painter: { draw, close: async () => {} } })
    await publish(10)
    await pass(60_000)
    const reader = open()
    await pass(20_000)
    expect(sizes(reader)).toEqual([10, 10])
    isBroken = false
    await pass(50_000)
    expect(sizes(reader).slice(0, 3)).toEqual([10, 10, 7])
  })

  it('is shown where the stream is live, but no picture of it can be', async () => {
    const { hub, open, publish, pass, sizes } = start()
    await publish(10)
    const reader = open()
    // What no picture can be made of, while the rest goes on.
    const input = frameInput(STREAM.label, STREAM.key)
    const other = { ...input, payload: { ...input.payload, mediaType: 'image/png' as const } }
    for (let n = 0; n < 8; n++) {
      await hub.publish(anyone, other, 'test')
      await pass(1000)
    }
    expect(sizes(reader)).toEqual([10, 10, 7, 7])
    await publish(20)
    await pass(1000)
    expect(sizes(reader)).toEqual([10, 10, 7, 7, 20, 20])
  })

  it('is not shown for a picture a long time after the one before where only few are wanted', async () => {
    const { open, publish, pass, sizes } = start()
    await publish(10)
    const reader = open(0.1)
    for (let n = 0; n < 30; n++) {
      await publish(11)
      await pass(1000)
    }
    expect(sizes(reader)).not.toContain(7)
  })

  it('is plain where there was no picture yet, after a while', async () => {
    const { hub, open, pass, sizes, orders } = start()
    const options = { when: 'on-demand', startTimeout: 60_000, closeAfter: 1000 } as const
    hub.declare(anyone, STREAM, options, { demandChanged() {} })
    const reader = open()
    await pass(1900)
    expect(sizes(reader)).toEqual([])
    await pass(200)
    await pass(200)
    expect(sizes(reader)).toEqual([7, 7])
    expect(orders).toMatchObject([{ width: 640, height: 480, text: 'No picture yet', picture: undefined }])
  })

  it('is one for all who watch the stream', async () => {
    const { open, publish, pass, sizes, orders } = start()
    await publish(10)
    const readers = [open(), open()]
    await pass(2600)
    await pass(200)
    for (const reader of readers) expect(sizes(reader)).toContain(7)
    expect(orders).toHaveLength(1)
  })

  it('goes on when the stream is removed, and pictures when it is back', async () => {
    const { hub, open, publish, pass, sizes } = start()
    await publish(10)
    const reader = open()
    await pass(200)
    hub.remove(anyone, STREAM)
    await pass(200)
    expect(sizes(reader)).toEqual([10, 10, 7, 7])
    await publish(20)
    await pass(100)
    expect(sizes(reader).at(-1)).toBe(20)
  })
})

describe('the places of videos', () => {
  it('are limited, and free again when one is closed', async () => {
    const { open, publish, videos } = start()
    await publish(10)
    const [first] = [open(), open()]
    expect(() => open()).toThrow('Too many videos are open (streaming.max_videos).')
    expect(videos.isOpen(anyone, 'somebody')).toBe(true)
    first?.leave()
    expect(videos.count).toBe(1)
    open()
  })

  it('are not taken by who may not see the stream', async () => {
    const { hub, clock, publish, videos } = start()
    await publish(10)
    const nobody = { ...anyone, id: 'nobody', grants: [] }
    const request = { principal: nobody, owner: PRIVILEGED, stream: STREAM, wish: {}, maxFps: undefined }
    const more = { state: 'live', language: 'en', plainSize: { width: 1, height: 1 } } as const
    expect(() => videos.open({ ...request, ...more }, new TcpConnection(clock))).toThrow()
    expect([videos.count, hub.viewers]).toEqual([0, 0])
  })
})

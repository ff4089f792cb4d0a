import { describe, expect, it } from 'vitest'
import { anyone } from '../../../test/support/hub.ts'
import { CHANNELS, makeInstrument } from '../../../test/support/instrument.ts'
import type { Frame } from '../../core/frame.ts'
import type { PackedArray } from '../../core/payload.ts'
import { BsreadEncoder, type SentChannel } from '../../wire/bsread/encode.ts'
import { unpackArray } from '../../wire/bsread/unpack-array.ts'

const text = new TextEncoder()
const ALWAYS = { when: 'always', startTimeout: 0, closeAfter: 0 } as const
const OTHER: SentChannel = { name: 'other', type: 'uint16', shape: [2, 2] }

/** Watches a stream of arrays. */
function watch({ hub, clock }: ReturnType<typeof makeInstrument>, key = 'image', maxFps?: number) {
  const accepts = {
    kinds: ['packed-array'] as const,
    includes: (frame: Frame): frame is Frame<PackedArray> => frame.payload.kind === 'packed-array',
  }
  const viewer = hub.watch<PackedArray>(anyone, { dialect: 'test', accepts, wake() {} })
  viewer.watch(0, { label: 'beamline', key, maxFps })
  return {
    close: () => viewer.close(),
    /** The frame that waits for it. */
    next(): Frame<PackedArray> | undefined {
      const next = viewer.next(clock.now())
      return typeof next === 'object' ? next.frame : undefined
    },
  }
}

/** Lets frames be published. */
const settle = () => new Promise(setImmediate)

describe('an instrument', () => {
  it('says on a stream that may come why nothing does, until the header of a pulse says which there are', () => {
    const made = makeInstrument()
    const { socket, clock, streams, instrument } = made
    expect(streams()).toEqual(['image offline: connecting to tcp://localhost:8888'])
    socket.fail('tcp://localhost:8888 cannot be reached: nothing listens there')
    clock.advance(500)
    expect(streams()).toEqual(['image offline: tcp://localhost:8888 cannot be reached: nothing listens there'])
    expect(instrument.status).toMatchObject({ state: 'failed', messages: 0, channels: [] })
    socket.connect()
    clock.advance(500)
    expect(streams()[0]).toContain('has sent no pulse yet')
    socket.pulse(7n, [OTHER])
    expect(streams()).toEqual(['other live: frames are coming in'])
    expect(instrument.status).toMatchObject({ state: 'live', messages: 1, pulseId: 7n })
    expect(instrument.status.channels).toEqual([{ name: 'other', type: 'uint16', shape: [2, 2], isPicture: true }])
  })

  it('reads each of several senders for itself, whose messages come at the same time', async () => {
    const made = makeInstrument({ mode: 'bind' })
    const { socket } = made
    socket.connect()
    socket.pulse()
    const viewer = watch(made)
    const messageOf = (pulseId: bigint, channels: readonly SentChannel[], value: Uint16Array) =>
      new BsreadEncoder(channels).encode({ pulseId, values: [{ value }] })
    const one = messageOf(100n, [{ name: 'image', type: 'uint16', shape: [2, 2] }], Uint16Array.of(1, 2, 3, 4))
    const other = messageOf(200n, [{ name: 'image', type: 'uint16', shape: [3, 2] }], new Uint16Array(6))
    const [first, second] = [socket.anotherPeer(), socket.anotherPeer()]
    expect(first.headers(one.slice(0, 2))).toBe('keep')
    expect(second.headers(other.slice(0, 2))).toBe('keep')
    first.message(one)
    await settle()
    expect(viewer.next()).toMatchObject({ size: { width: 2, height: 2 }, pulse: { id: 100n } })
  })

  it('drops everything while nobody watches, counts it, and is live', async () => {
    const { socket, clock, streams, instrument } = makeInstrument()
    socket.connect()
    for (let pulse = 0; pulse < 100; pulse++) {
      socket.pulse()
      clock.advance(10)
    }
    expect(socket).toMatchObject({ kept: 0, skipped: 100 })
    expect(streams()).toEqual(['image live: frames are coming in'])
    const { rate, bytes, bytesPerSecond, age, lostPulses } = instrument.status
    expect(rate).toBeCloseTo(100, 0)
    expect(bytesPerSecond / bytes).toBeCloseTo(1, 2)
    expect({ age, lostPulses }).toEqual({ age: 10, lostPulses: 0 })
    expect(bytes).toBeGreaterThan(100 * 32)
  })

  it('gives a viewer the first pulse after it came, as it was received, with its measurements', async () => {
    const made = makeInstrument()
    const { socket } = made
    socket.connect()
    socket.pulse(41n)
    const viewer = watch(made)
    socket.pulse(42n)
    await settle()
    const frame = viewer.next()
    expect(frame).toMatchObject({
      size: { width: 4, height: 3 },
      metadata: { energy: 5.25 },
      capturedAt: 1_800_000_000_000,
      pulse: { id: 42n, globalTimestamp: { sec: 1_800_000_000, ns: 5 } },
    })
    expect(frame && [...unpackArray(frame.payload).values]).toEqual(new Array(12).fill(42))
    expect(viewer.next()).toBeUndefined()
    viewer.close()
    socket.pulse()
    expect(socket).toMatchObject({ kept: 1, skipped: 2 })
  })

  it('keeps as many pulses as viewers want, and one more for who comes', async () => {
    const made = makeInstrument()
    const { socket, clock } = made
    socket.connect()
    watch(made, 'image', 10)
    const pulses = async (count: number) => {
      for (let pulse = 0; pulse < count; pulse++) {
        socket.pulse()
        await settle()
        clock.advance(10)
      }
    }
    await pulses(102)
    expect(socket.kept).toBe(11)
    const same = watch(made, 'image', 10)
    await pulses(1)
    expect([socket.kept, same.next() !== undefined]).toEqual([12, true])
    same.close()
    const instead = watch(made, 'image', 10)
    await pulses(1)
    expect([socket.kept, instead.next() !== undefined]).toEqual([13, true])
    await pulses(5)
    expect(socket.kept).toBe(13)
  })

  it('is live while a viewer wants few of its pictures, and shows how many it gets', async () => {
    const made = makeInstrument()
    const { hub, socket, clock, streams } = made
    socket.connect()
    const states = new Set<string>()
    const viewer = watch(made, 'image', 0.02)
    for (let pulse = 0; pulse < 1200; pulse++) {
      socket.pulse()
      await settle()
      clock.advance(100)
      states.add(streams()[0] ?? '')
      viewer.next()
    }
    expect(socket.kept).toBe(3)
    expect(states).toEqual(new Set(['image live: frames are coming in']))
    expect(hub.directory.list(anyone)[0]?.fps).toBeLessThan(0.1)
  })

  it('is live while a slow camera has a picture with few of the pulses only, from the first one that is watched', async () => {
    const made = makeInstrument()
    const { socket, clock, streams } = made
    socket.connect()
    const channels: SentChannel[] = [{ name: 'image', type: 'uint16', shape: [3, 4], modulo: 100 }]
    const encoder = new BsreadEncoder(channels)
    const states = new Set<string>()
    for (let pulse = 1; pulse < 1000; pulse++) {
      const values = [pulse % 100 === 0 ? { value: new Uint16Array(12) } : null]
      socket.message(encoder.encode({ pulseId: BigInt(pulse), values }))
      await settle()
      if (pulse === 110) watch(made)
      clock.advance(30)
      states.add(streams()[0] ?? '')
    }
    expect(states).toEqual(new Set(['image live: frames are coming in']))
  })

  it('does not queue behind a picture that is just being shown', async () => {
    const made = makeInstrument()
    const { socket } = made
    socket.connect()
    socket.pulse()
    watch(made)
    for (let pulse = 0; pulse < 5; pulse++) socket.pulse()
    expect(socket.kept).toBe(1)
    await settle()
    socket.pulse()
    expect(socket.kept).toBe(2)
  })

  it('follows a sender that changes its channels', async () => {
    const { socket, clock, streams } = makeInstrument()
    socket.connect()
    socket.pulse()
    clock.advance(1000)
    socket.pulse(2n, [...CHANNELS, OTHER])
    expect(streams().sort()).toEqual(['image live: frames are coming in', 'other live: frames are coming in'])
    clock.advance(1000)
    socket.pulse(3n, [OTHER])
    expect(streams().sort()).toEqual([
      'image offline: the instrument no longer sends the channel "image"',
      'other live: frames are coming in',
    ])
    clock.advance(1000)
    socket.pulse(4n, [{ name: 'image', type: 'uint16', shape: [8, 8] }])
    expect(streams().sort()[0]).toBe('image live: frames are coming in')
  })

  it('lists a few of the channels that are gone, whatever a sender calls them', () => {
    const { socket, clock, streams } = makeInstrument({}, { pictures: 3 })
    socket.connect()
    for (let pulse = 0; pulse < 20; pulse++) {
      socket.pulse(BigInt(pulse), [{ name: `image ${pulse}`, type: 'uint16', shape: [2, 2] }])
      clock.advance(1000)
    }
    expect(streams().filter((stream) => stream.includes('no longer sends'))).toHaveLength(3)
    expect(streams()).toHaveLength(4)
  })

  it('follows one that changes them all the time once a second', () => {
    const { socket, clock, streams } = makeInstrument()
    socket.connect()
    for (let pulse = 0; pulse < 50; pulse++) {
      socket.pulse(BigInt(pulse), [{ ...OTHER, name: `channel ${pulse}` }])
      clock.advance(10)
    }
    expect(streams()).toHaveLength(1)
    clock.advance(1000)
    expect(streams().map((stream) => stream.replace(/:.*/, ''))).toContain('channel 49 live')
  })

  it('rejects a message that is none, says why, and goes on', () => {
    const { socket, instrument, streams } = makeInstrument()
    socket.connect()
    socket.pulse()
    socket.message([text.encode('{'), text.encode('{}')])
    socket.message([text.encode('GET / HTTP/1.1')])
    socket.pulse()
    expect(instrument.status).toMatchObject({ state: 'live', messages: 2, rejected: 2 })
    expect(instrument.status.lastRejection).toContain('no JSON object')
    expect(streams()).toEqual(['image live: frames are coming in'])
  })

  it('of which no message can be read says so, and why', () => {
    const { socket, clock, instrument, streams } = makeInstrument()
    socket.connect()
    socket.message([text.encode('{"htype":"other"}'), text.encode('{}')])
    clock.advance(500)
    const reason = 'the messages of tcp://localhost:8888 cannot be read. The main header is not of the type bsr_m-1.x.'
    expect(instrument.status).toMatchObject({ state: 'failed', reason })
    expect(streams()).toEqual([`image offline: ${reason}`])
    socket.pulse()
    expect(streams()).toEqual(['image live: frames are coming in'])
  })

  it('rejects one of too few frames when it is wanted', async () => {
    const made = makeInstrument()
    const { socket, instrument, clock, streams } = made
    socket.connect()
    socket.pulse()
    watch(made)
    const header = '{"htype":"bsr_d-1.1","channels":[{"name":"image","shape":[4,3]}]}'
    socket.message([text.encode('{"htype":"bsr_m-1.1","pulse_id":9,"hash":"x"}'), text.encode(header)])
    expect(instrument.status.lastRejection).toBe('The message has 2 frames, where its channels need 4.')
    clock.advance(500)
    expect(streams()).toEqual(['image offline: The message has 2 frames, where its channels need 4.'])
  })

  it('never obeys a sender, but believes it that it stops', () => {
    const lines: string[] = []
    const log = { error() {}, info() {}, warn: (_: object, line: string) => lines.push(line) }
    const { socket, clock, instrument, streams, sockets } = makeInstrument({}, {}, log)
    socket.connect()
    socket.pulse()
    socket.message([text.encode('{"htype":"bsr_reconnect-1.0","address":"tcp://evil:1"}')])
    expect(lines).toEqual([expect.stringContaining('never')])
    expect(sockets).toHaveLength(1)
    socket.message([text.encode('{"htype":"bsr_stop-1.0"}')])
    clock.advance(500)
    expect(instrument.status).toMatchObject({ state: 'silent', rejected: 0 })
    expect(streams()[0]).toBe('image offline: the sender at tcp://localhost:8888 has said that it stops')
    socket.pulse()
    expect(streams()[0]).toBe('image live: frames are coming in')
  })

  it('becomes stale when pulses stop to come, and is offline for the reason of its socket', () => {
    const { socket, clock, instrument, streams } = makeInstrument()
    socket.connect()
    for (let pulse = 0; pulse < 10; pulse++) {
      socket.pulse()
      clock.advance(100)
    }
    clock.advance(5000)
    expect(instrument.status.reason).toBe('connected to tcp://localhost:8888, which sends no pulses now')
    expect(streams()[0]).toContain('stale')
    socket.fail('tcp://localhost:8888 has sent no message for 10 s')
    clock.advance(500)
    socket.connect()
    clock.advance(500)
    // Until the next pulse: it must not seem to come back with each attempt.
    expect(streams()[0]).toContain('offline')
    socket.pulse(0n)
    expect(streams()[0]).toContain('live')
    expect(instrument.status.restarts).toBe(1)
  })

  it('says on the stream of a configured channel what is wrong with it', () => {
    const { socket, streams } = makeInstrument({ pictures: ['image', 'energy', 'missing'] })
    socket.connect()
    expect(streams()).toHaveLength(3)
    socket.pulse()
    expect(streams().sort()).toEqual([
      'energy offline: channel "energy" has the shape [1], which is no picture',
      'image live: frames are coming in',
      'missing offline: the instrument sends no channel "missing" now',
    ])
  })

  it('shows as many pictures as are allowed, and says that there are more', () => {
    const { socket, instrument, streams } = makeInstrument({}, { pictures: 1 })
    socket.connect()
    socket.pulse(1n, [...CHANNELS, OTHER])
    expect(streams()).toHaveLength(1)
    expect(instrument.status.reason).toContain('not all pictures are shown: "other" is one too many')
  })

  it('says that the server has no room for a stream, and shows it once there is', () => {
    const { hub, socket, clock, instrument, streams } = makeInstrument({}, {}, undefined, {
      streams: { max: 2, share: 2 },
    })
    const other = hub.declare(anyone, { label: 'site', key: 'camera' }, ALWAYS, { demandChanged() {} })
    socket.connect()
    socket.pulse(1n, [...CHANNELS, OTHER])
    expect(instrument.status.reason).toMatch(/not all pictures are shown: .*streams\.max/)
    other.withdraw()
    clock.advance(500)
    expect(instrument.status.reason).toBe('pulses come in')
    expect(streams()).toHaveLength(2)
  })

  it('says which picture has no value', async () => {
    const made = makeInstrument()
    const { socket, clock, streams } = made
    socket.connect()
    socket.pulse(1n)
    const viewer = watch(made)
    const header = '{"htype":"bsr_d-1.1","channels":[{"name":"image","shape":[4,3]}]}'
    const empty = new Uint8Array(0)
    for (let pulse = 2; pulse < 100; pulse++) {
      const main = text.encode(`{"htype":"bsr_m-1.1","pulse_id":${pulse},"hash":"x"}`)
      socket.message([main, text.encode(header), empty, empty])
      clock.advance(100)
    }
    expect(streams()[0]).toBe('image offline: channel "image" has no value')
    viewer.close()
    clock.advance(500)
    expect(streams()[0]).toContain('live')
  })

  it('closes its socket when it is stopped, and its streams go', async () => {
    const { socket, instrument, streams } = makeInstrument()
    socket.connect()
    socket.pulse()
    await instrument.stop()
    expect(socket.isClosed).toBe(true)
    expect(streams()).toEqual([])
    expect(instrument.status).toMatchObject({ state: 'failed', reason: 'it was stopped', messages: 1 })
  })

  it('is named in the log once a minute while it sends garbage, with how often it did', () => {
    const lines: object[] = []
    const log = { error() {}, info() {}, warn: (fields: object) => void lines.push(fields) }
    const { socket, clock, instrument } = makeInstrument({ name: 'gun' }, {}, log)
    socket.connect()
    for (let second = 0; second <= 60; second++) {
      socket.message([text.encode('garbage'), text.encode('{}')])
      clock.advance(1000)
    }
    expect(instrument.status.rejected).toBe(61)
    expect(lines).toMatchObject([{ instrument: 'gun' }, { instrument: 'gun', unlogged: 59 }])
  })
})

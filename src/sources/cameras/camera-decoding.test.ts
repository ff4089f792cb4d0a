import { describe, expect, it } from 'vitest'
import { FakeDecoder } from '../../../test/support/fake-decoder.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { TRACK, videoPacket } from '../../../test/support/video.ts'
import { CameraDecoding } from './camera-decoding.ts'

function setUp() {
  const clock = new ManualClock()
  const decoders: FakeDecoder[] = []
  const shown: number[] = []
  const failures: unknown[] = []
  const decoding = new CameraDecoding({
    clock,
    open: (options) => {
      const decoder = new FakeDecoder(options)
      decoders.push(decoder)
      return decoder
    },
    limits: { bytes: 1e6, duration: 10_000 },
    onPicture: ({ pts }) => shown.push(pts),
    failed: (error) => failures.push(error),
  })
  decoding.track(TRACK)
  return {
    clock,
    decoding,
    decoders,
    shown,
    failures,
    last: () => decoders.at(-1) ?? expect.fail('no decoder was opened'),
    settle: () => new Promise(setImmediate),
  }
}

const KEY = videoPacket({ pts: 1, isKey: true })

describe('decoding a camera', () => {
  it('decodes nothing while nobody wants pictures', () => {
    const { decoding, decoders } = setUp()
    decoding.packet(KEY)
    expect(decoders).toHaveLength(0)
    expect(decoding.isDecoding).toBe(false)
  })

  it('begins at the last key frame for who comes later, and gives pictures from the newest on', () => {
    const { decoding, last, shown } = setUp()
    for (const packet of [KEY, videoPacket({ pts: 3 }), videoPacket({ pts: 2 })]) decoding.packet(packet)
    decoding.want({ width: 480, rate: 10 })
    expect(last().options).toMatchObject({ width: 480, rate: 10, since: 3, track: TRACK })
    expect(last().options.from.map(({ pts }) => pts)).toEqual([1, 3, 2])
    decoding.packet(videoPacket({ pts: 4 }))
    expect(last().fed.map(({ pts }) => pts)).toEqual([4])
    last().give(3)
    expect(shown).toEqual([3])
  })

  it('begins with the first key frame where somebody waits already', () => {
    const { decoding, decoders } = setUp()
    decoding.want({ width: undefined, rate: undefined })
    decoding.packet(videoPacket({ pts: 0 }))
    expect(decoders).toHaveLength(0)
    decoding.packet(KEY)
    expect(decoders).toHaveLength(1)
  })

  it('ends at once when pictures are wanted no more', async () => {
    const { decoding, last } = setUp()
    decoding.packet(KEY)
    decoding.want({ width: 480, rate: 10 })
    decoding.want(undefined)
    expect(last().isClosed).toBe(true)
    expect(decoding.isDecoding).toBe(false)
    await decoding.close()
  })

  it('lets a decoder of more take over with its first picture, so that nobody sees a gap', () => {
    const { decoding, decoders, shown } = setUp()
    decoding.packet(KEY)
    decoding.want({ width: 480, rate: 10 })
    const [small] = decoders
    small?.give(1)
    decoding.want({ width: 2000, rate: 10 })
    const [, large] = decoders
    expect(large?.options.width).toBeUndefined()
    decoding.packet(videoPacket({ pts: 2 }))
    small?.give(2)
    expect(small?.isClosed).toBe(false)
    large?.give(2)
    small?.give(3)
    large?.give(3)
    expect(small?.isClosed).toBe(true)
    expect(shown).toEqual([1, 2, 2, 3])
  })

  it('leaves out what a decoder cannot keep up with, up to a key frame by which it has caught up', () => {
    const { decoding, last } = setUp()
    decoding.packet(KEY)
    decoding.want({ width: 480, rate: 10 })
    last().give(1)
    const fed = () => last().fed.map(({ pts }) => pts / 1e6)
    const packet = (s: number, isKey = false) =>
      decoding.packet(videoPacket({ pts: s * 1e6, arrivedAt: s * 1000, isKey }))
    for (const s of [1, 2, 3]) packet(s)
    expect(fed()).toEqual([1, 2])
    packet(4, true)
    expect(fed(), 'it still owes pictures').toEqual([1, 2])
    last().give(2e6)
    packet(5)
    packet(8, true)
    last().give(8e6)
    packet(9)
    expect(fed()).toEqual([1, 2, 8, 9])
  })

  it('leaves out nothing of a camera that was silent for long, or has few pictures', () => {
    const { decoding, last, shown } = setUp()
    decoding.packet(KEY)
    decoding.want({ width: undefined, rate: undefined })
    last().give(1)
    for (const s of [1, 7, 7.04, 9, 11]) {
      decoding.packet(videoPacket({ pts: s * 1e6, arrivedAt: s * 1000 }))
      if (s !== 7) last().give(s * 1e6)
    }
    expect(last().fed).toHaveLength(5)
    expect(shown).toHaveLength(5)
  })

  it('decodes less only once less has been wanted for a while', () => {
    const { clock, decoding, decoders, last } = setUp()
    decoding.packet(KEY)
    decoding.want({ width: 960, rate: 25 })
    last().give(1)
    decoding.want({ width: 480, rate: 10 })
    clock.advance(4000)
    decoding.want({ width: 960, rate: 25 })
    clock.advance(4000)
    expect(decoders).toHaveLength(1)
    decoding.want({ width: 480, rate: 10 })
    clock.advance(5000)
    expect(last().options).toMatchObject({ width: 480, rate: 10 })
  })

  it('begins anew with a video of another kind', () => {
    const { decoding, decoders, last } = setUp()
    decoding.packet(KEY)
    decoding.want({ width: 480, rate: 10 })
    last().give(1)
    decoding.track({ ...TRACK, size: { width: 640, height: 480 } })
    expect(last().isClosed).toBe(true)
    decoding.packet(videoPacket({ pts: 9 }))
    expect(decoders).toHaveLength(1)
    decoding.packet(videoPacket({ pts: 10, isKey: true }))
    expect(last().options.track.size).toEqual({ width: 640, height: 480 })
  })

  it('replaces a decoder that crashes, but not again and again', async () => {
    const { decoding, decoders, failures, last, settle } = setUp()
    decoding.packet(KEY)
    decoding.want({ width: 480, rate: 10 })
    for (let crashes = 1; crashes <= 3; crashes++) {
      last().give(1)
      last().fail(new Error('crashed'))
      await settle()
      expect(decoders).toHaveLength(Math.min(3, crashes + 1))
    }
    expect(failures).toEqual([new Error('crashed')])
  })

  it('opens few decoders, whatever changes how often: what is wanted, or the video', () => {
    const { clock, decoding, decoders, last } = setUp()
    decoding.packet(KEY)
    for (let rate = 1; rate <= 100; rate++) decoding.want({ width: 480, rate })
    expect(decoders).toHaveLength(10)
    clock.advance(10_000)
    expect(decoders).toHaveLength(11)
    expect(last().options.rate).toBe(100)
    for (let change = 1; change <= 100; change++) {
      decoding.track({ ...TRACK, size: { width: 16 * change, height: 16 } })
      decoding.packet({ ...KEY, pts: change })
    }
    expect(decoders).toHaveLength(20)
    clock.advance(10_000)
    expect(last().options.track.size?.width).toBe(1600)
  })

  it('fails where a decoder ends without a picture', async () => {
    const { decoding, failures, last, settle } = setUp()
    decoding.packet(KEY)
    decoding.want({ width: 480, rate: 10 })
    last().fail(new Error('no such codec'))
    await settle()
    expect(failures).toEqual([new Error('no such codec')])
  })
})

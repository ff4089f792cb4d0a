import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunked, chunking } from '../../../test/support/chunks.ts'
import { concatBytes } from '../../core/concat-bytes.ts'
import { crc32 } from './crc32.ts'
import { NutBytes } from './nut-bytes.ts'
import { NutCursor } from './nut-cursor.ts'
import { NutError } from './nut-error.ts'
import { FILE_ID, FLAGS, START_CODES } from './nut-format.ts'
import { type NutFrame, NutReader, type NutVideo } from './nut-reader.ts'
import { microseconds, nearest } from './nut-times.ts'
import { encodeNutFrameHead, encodeNutHeaders } from './nut-writer.ts'

/** What a reader says of these pieces. */
function read(chunks: readonly Uint8Array[], frameBytes = 100_000) {
  const videos: NutVideo[] = []
  const frames: NutFrame[] = []
  const reader = new NutReader(
    { video: (video) => videos.push(video), frame: (frame) => frames.push(frame) },
    frameBytes,
  )
  for (const chunk of chunks) {
    reader.push(chunk)
    // A reader keeps no view of what it is given.
    chunk.fill(0xee)
  }
  return { videos, frames }
}

const VIDEO = { fourcc: 'H264', configuration: Uint8Array.of(1, 2, 3), width: 640, height: 360 }

function written(frames: readonly { readonly bytes: Uint8Array; readonly isKey: boolean; readonly pts: number }[]) {
  return concatBytes([
    encodeNutHeaders(VIDEO),
    ...frames.flatMap(({ bytes, ...frame }) => [encodeNutFrameHead({ ...frame, length: bytes.length }), bytes]),
  ])
}

const anyFrames = fc.array(
  fc.record({
    bytes: fc.uint8Array({ minLength: 1, maxLength: 6000 }),
    isKey: fc.boolean(),
    pts: fc.nat({ max: 2 ** 52 }),
  }),
  { maxLength: 6 },
)

function packet(code: string, content: NutBytes, checksum?: number): Uint8Array {
  const body = content.take()
  return concatBytes([
    Buffer.from(code, 'hex'),
    new NutBytes().number(body.length + 4).take(),
    body,
    new NutBytes().word(checksum ?? crc32(body)).take(),
  ])
}

/** A main header with these frame codes: flags, fields … */
function mainHeader(codes: (header: NutBytes) => void, elided: readonly Uint8Array[] = [], streams = 1): Uint8Array {
  const header = new NutBytes().number(3).number(streams).number(65_536).number(1).number(1).number(90_000)
  codes(header)
  header.number(elided.length)
  for (const each of elided) header.number(each.length).bytes(each)
  return packet(START_CODES.main, header)
}

/** One frame code, whose flags follow it. */
function everyCode(header: NutBytes): void {
  for (const [flags, count] of [
    [FLAGS.invalid, 1],
    [FLAGS.coded, 1],
    [FLAGS.invalid, 253],
  ] as const)
    header.number(flags).number(6).signed(0).number(1).number(0).number(0).number(0).number(count)
}

function streamHeader({ id = 0, kind = 0, shift = 7, delay = 0 } = {}): Uint8Array {
  const header = new NutBytes().number(id).number(kind).number(4).bytes(Buffer.from('MJPG'))
  header.number(0).number(shift).number(90_000).number(delay).number(0).number(0)
  return packet(START_CODES.stream, header.number(32).number(18).number(0).number(0).number(0))
}

const syncpoint = (time: number) => packet(START_CODES.syncpoint, new NutBytes().number(time).number(0))

describe('NUT', () => {
  it('that is written is read as it was, in any pieces', () => {
    fc.assert(
      fc.property(anyFrames, chunking, (frames, lengths) => {
        const { videos, frames: got } = read(chunked(written(frames), lengths))
        expect(videos).toEqual([{ ...VIDEO, id: 0, fourcc: new Uint8Array(Buffer.from('H264')) }])
        expect(got.map(({ bytes, isKey, pts }) => ({ bytes, isKey, pts }))).toEqual(frames)
      }),
      { numRuns: 60 },
    )
  })

  it('that is damaged anywhere is read or refused in words, in any pieces alike', () => {
    const whole = written([
      { bytes: new Uint8Array(300).fill(7), isKey: true, pts: 5 },
      { bytes: new Uint8Array(20).fill(8), isKey: false, pts: 40_000 },
    ])
    const outcome = (chunks: readonly Uint8Array[]) => {
      try {
        const { videos, frames } = read(chunks, 5000)
        return { videos, frames }
      } catch (error) {
        expect(error).toBeInstanceOf(NutError)
        return String(error)
      }
    }
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), chunking, (at, byte, lengths) => {
        const bytes = whole.slice()
        bytes[at] = byte
        expect(outcome(chunked(bytes, lengths))).toEqual(outcome([bytes.slice()]))
      }),
      { numRuns: 300 },
    )
  })

  it('that is none is refused at its first bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 25, maxLength: 200 }), (bytes) => {
        expect(() => read([bytes])).toThrow('it is no NUT')
      }),
    )
    expect(() => read([Buffer.from('nut/multimedia container\0frame')])).toThrow('a frame comes before the headers')
  })

  it('with a frame, a header or a number beyond the limits is refused before memory is taken', () => {
    const head = (length: number) =>
      concatBytes([encodeNutHeaders(VIDEO), encodeNutFrameHead({ length, isKey: true, pts: 0 })])
    expect(() => read([head(5001)], 5000)).toThrow('a frame has 5001 bytes; at most 5000 are allowed')
    const huge = new NutBytes().number(2 ** 40)
    const start = concatBytes([FILE_ID, Buffer.from(START_CODES.main, 'hex'), huge.take()])
    const checked = concatBytes([start, new NutBytes().word(crc32(start.subarray(FILE_ID.length))).take()])
    expect(() => read([checked])).toThrow('a header has 1099511627776 bytes')
    const endless = concatBytes([FILE_ID, Buffer.from(START_CODES.main, 'hex'), new Uint8Array(20).fill(255)])
    expect(() => read([endless])).toThrow('a number is too large')
  })

  it('of other writers is read: times by their lowest bits and by differences, elided beginnings, other streams, an index', () => {
    const elided = Uint8Array.of(0xff, 0xd8)
    const codes = (header: NutBytes) => {
      header.number(FLAGS.invalid).number(6).signed(0).number(1).number(0).number(0).number(0).number(1)
      // 1: a key frame, 3000 ticks after the one before, with a header left out of it, size 2 + 4 × coded.
      header
        .number(FLAGS.key | FLAGS.sizeMsb)
        .number(8)
        .signed(3000)
        .number(4)
        .number(0)
        .number(2)
        .number(0)
        .number(1)
      header.signed(0).number(1)
      // 2: stream, time and size are coded, and a reserved number.
      header
        .number(FLAGS.codedPts | FLAGS.sizeMsb | FLAGS.streamId)
        .number(8)
        .signed(0)
        .number(1)
        .number(0)
        .number(0)
      header.number(1).number(1).signed(0).number(0)
      header.number(FLAGS.invalid).number(6).signed(0).number(1).number(0).number(0).number(0).number(252)
    }
    const frame = (head: NutBytes, bytes: Uint8Array) => concatBytes([head.take(), bytes])
    const headers = [mainHeader(codes, [elided], 2), streamHeader({ shift: 7 }), streamHeader({ id: 1, kind: 1 })]
    const bytes = concatBytes([
      FILE_ID,
      ...headers,
      packet(START_CODES.info, new NutBytes().number(0).number(0).number(0).number(0).number(0)),
      syncpoint(900_000),
      // Of sound: skipped.
      frame(new NutBytes().number(2).number(1).number(5).number(3).number(99), new Uint8Array(3)),
      frame(new NutBytes().number(1).number(1), new Uint8Array(4).fill(1)),
      // The seven lowest bits alone.
      frame(
        new NutBytes()
          .number(2)
          .number(0)
          .number(903_000 % 128)
          .number(2)
          .number(99),
        new Uint8Array(2).fill(2),
      ),
      // In full, with 2⁷ added.
      frame(
        new NutBytes()
          .number(2)
          .number(0)
          .number(990_000 + 128)
          .number(1)
          .number(99),
        new Uint8Array(1).fill(3),
      ),
      ...headers,
      syncpoint(990_000),
      packet(START_CODES.index, new NutBytes().number(7)),
      frame(new NutBytes().number(1).number(0), new Uint8Array()),
    ])
    for (const lengths of [[1], [7, 3], [10_000]]) {
      const { videos, frames } = read(chunked(bytes, lengths))
      expect(videos).toHaveLength(1)
      expect(frames.map(({ bytes, isKey, pts }) => [[...bytes], isKey, pts])).toEqual([
        [[0xff, 0xd8, 1, 1, 1, 1], true, 10_033_333],
        [[2, 2], false, 10_033_333],
        [[3], false, 11_000_000],
        [[0xff, 0xd8], true, 11_033_333],
      ])
    }
  })

  it('has side data that is taken off the frame; a new configuration is told', () => {
    const text = (value: string) => [value.length, ...Buffer.from(value)]
    const side = new NutBytes().number(2)
    side
      .bytes(Uint8Array.from(text('Extradata')))
      .signed(-2)
      .bytes(Uint8Array.from([...text('bin'), 2, 8, 9]))
    side.bytes(Uint8Array.from(text('SkipEnd'))).signed(7)
    side.number(3)
    side
      .bytes(Uint8Array.from(text('a')))
      .signed(-1)
      .bytes(Uint8Array.from(text('b')))
    side
      .bytes(Uint8Array.from(text('c')))
      .signed(-3)
      .signed(-5)
    side
      .bytes(Uint8Array.from(text('d')))
      .signed(-7)
      .signed(2)
    const body = concatBytes([side.take(), Uint8Array.of(1, 2, 3)])
    const head = new NutBytes()
      .number(1)
      .number(FLAGS.sizeMsb | FLAGS.sideData)
      .number(body.length)
    const start = concatBytes([FILE_ID, mainHeader(everyCode), streamHeader(), syncpoint(0), head.take()])
    const { videos, frames } = read([concatBytes([start, body])])
    expect(videos.map(({ configuration }) => [...configuration])).toEqual([[], [8, 9]])
    expect(frames.map(({ bytes }) => [...bytes])).toEqual([[1, 2, 3]])
    expect(() => read([concatBytes([start, new Uint8Array(body.length).fill(127)])])).toThrow(
      'the side data of a frame is damaged',
    )
  })
})

describe('numbers of NUT', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer(), (number, signed) => {
        const cursor = new NutCursor(new NutBytes().number(number).signed(signed).take())
        expect([cursor.number(), cursor.signed() + 0, cursor.left]).toEqual([number, signed + 0, 0])
      }),
    )
  })
})

describe('times of NUT', () => {
  it('are in µs whatever their unit, exactly', () => {
    expect(microseconds(2 ** 33, { num: 1, den: 90_000 })).toBe(Math.round((2 ** 33 / 90_000) * 1e6))
    expect(microseconds(2 ** 50 + 1, { num: 1, den: 1e6 })).toBe(2 ** 50 + 1)
    expect(microseconds(1001 * 3, { num: 1001, den: 30_000 })).toBe(100_200_100)
    expect(() => microseconds(2 ** 52, { num: 1001, den: 3 })).toThrow('a time is too large')
  })

  it('whose lowest bits are known are the nearest to the last', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.integer({ min: -60, max: 60 }), (last, step) => {
        const time = last + 100 + step
        expect(nearest(time % 128, last + 100, 7)).toBe(time)
      }),
    )
  })

  it('of decoding rise and never follow that of being shown, where the delay is announced', () => {
    // Groups of pictures with two B-frames between others: shown 0 1 2 3 4 5 6, decoded 0 3 1 2 6 4 5.
    const pts = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8].map((slot) => slot * 40_000)
    const bytes = concatBytes([
      FILE_ID,
      mainHeader(everyCode),
      streamHeader({ delay: 1 }),
      syncpoint(0),
      ...pts.map((each) =>
        new NutBytes()
          .number(1)
          .number(FLAGS.codedPts | FLAGS.sizeMsb)
          .number(0.09 * each + 128)
          .number(1)
          .number(7)
          .take(),
      ),
    ])
    const { frames } = read([bytes])
    expect(frames.map((frame) => frame.pts)).toEqual(pts)
    for (const [i, { dts }] of frames.entries()) {
      expect(dts).toBeLessThanOrEqual(pts[i] ?? 0)
      expect(dts).toBeGreaterThan(frames[i - 1]?.dts ?? Number.NEGATIVE_INFINITY)
    }
  })
})

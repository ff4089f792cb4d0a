import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jpeg } from '../../test/support/pictures.ts'
import { Refusal } from '../core/errors.ts'
import { encodeJpegPart, OPENING } from './multipart-jpeg.ts'
import { MultipartReader, type PicturePart } from './multipart-reader.ts'

const MAX = 100_000

/** Reads a stream in pieces that end at these places. */
function read(stream: Uint8Array, cuts: readonly number[] = [], maxBytes = MAX) {
  const parts: PicturePart[] = []
  const reader = new MultipartReader(maxBytes, (part) => parts.push(part))
  const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length]
  for (const [i, from] of places.entries()) reader.push(stream.subarray(from, places[i + 1] ?? stream.length))
  return { parts, reader }
}

const pictures = Array.from({ length: 4 }, (_, n) => Buffer.from(jpeg(32, 24, 400 + 60 * n, `${n}\r\n--frame\r\n`)))
const cuts = fc.array(fc.nat({ max: 5_000 }), { maxLength: 8 })
const shown = (parts: readonly PicturePart[]) =>
  parts.map(({ bytes }) => pictures.findIndex((each) => each.equals(bytes)))
const stream = (part: (picture: Buffer) => (string | Buffer)[], before: string, behind = '') =>
  Buffer.concat([before, ...pictures.flatMap(part), behind].map((each) => Buffer.from(each as string)))

/** As cameras write it. */
const MANNERS: Readonly<Record<string, Buffer>> = {
  'this server': Buffer.concat([OPENING, ...pictures.map((each) => encodeJpegPart(each, 1_764_410_000_250))]),
  'the letter of the standard, and an end': stream(
    (each) => ['\r\n--a b\r\nContent-Type: image/jpeg\r\n\r\n', each],
    'a preamble',
    '\r\n--a b--\r\nContent-Type: image/jpeg\r\n\r\n',
  ),
  'four dashes, and spaces behind them': stream(
    (each) => ['----mine \r\nContent-Type: image/jpeg\r\nContent-Length: ', `${each.length}\r\n\r\n`, each, '\r\n'],
    '\r\n\r\n',
  ),
  'bare line feeds': stream(
    (each) => ['--x\nContent-type:image/jpg\ncontent-length:', `${each.length}\n\n`, each, '\n'],
    '',
  ),
  'no line end before the boundary': stream((each) => ['--x\r\nContent-Type: image/jpeg\r\n\r\n', each], ''),
  'a boundary only after each part': stream(
    (each) => ['Content-Type: image/jpeg\r\nContent-Length: ', `${each.length}\r\n\r\n`, each, '\r\n--x\r\n'],
    '',
  ),
  'the same without lengths': stream((each) => ['Content-Type: image/jpeg\r\n\r\n', each, '--x\r\n'], ''),
  'no type': stream((each) => ['--x\r\n\r\n', each, '\r\n'], ''),
  'a length of too little': stream((each) => ['--x\r\nContent-Length: 0\r\n\r\n\r\n--x\r\n\r\n', each, '\r\n'], ''),
  'other parts between': stream(
    (each) => [
      '--x\r\nContent-Type: text/plain\r\n\r\nmotion\r\n--x\r\nContent-Type: audio/basic\r\nContent-Length: 6\r\n\r\n\n--x\r\n\r\n',
      '--x\r\nContent-Type: image/jpeg\r\n\r\n',
      each,
      '\r\n',
    ],
    '',
  ),
}

describe.each(Object.entries(MANNERS))('MJPEG as written with %s', (_manner, bytes) => {
  it('has its pictures in whatever pieces it comes', () => {
    fc.assert(
      fc.property(cuts, (at) => {
        expect(shown(read(bytes, at).parts)).toEqual([0, 1, 2, 3])
      }),
      { numRuns: 40 },
    )
  })

  it('has each picture with its last byte', () => {
    for (const [n, picture] of pictures.entries())
      expect(shown(read(bytes.subarray(0, bytes.indexOf(picture) + picture.length)).parts).at(-1)).toBe(n)
  })
})

it('lengths that are wrong are believed once', () => {
  for (const by of [-100, 40]) {
    const wrong = stream((each) => ['--x\r\nContent-Length: ', `${each.length + by}\r\n\r\n`, each, '\r\n'], '')
    expect(shown(read(wrong).parts)).toEqual(by > 0 ? [-1, 2, 3] : [-1, 1, 2, 3])
  }
})

it('a JPEG without an end ends before the boundary', () => {
  const [first = Buffer.of(), second = Buffer.of()] = pictures
  const cut = first.subarray(0, -20)
  const bytes = Buffer.concat([Buffer.from('--y\r\n\r\n'), cut, Buffer.from('\r\n--y\r\n\r\n'), second])
  fc.assert(
    fc.property(cuts, (at) => {
      const { parts } = read(bytes, at)
      expect(parts.map(({ bytes }) => Buffer.compare(bytes, cut))[0]).toBe(0)
      expect(shown(parts)).toEqual([-1, 1])
    }),
  )
})

it('tells the headers of a picture, and the end of the stream', () => {
  const { parts, reader } = read(
    Buffer.concat([
      Buffer.from('--x\r\nX-TimeStamp : 12 \r\n\r\n'),
      pictures[0] ?? Buffer.of(),
      Buffer.from('--x--\r\n'),
    ]),
  )
  expect(parts[0]?.headers.get('x-timestamp')).toBe('12')
  expect(reader.isClosed).toBe(true)
})

it('what is too large is told, with a length or without', () => {
  const large = Buffer.concat([Buffer.from('--x\r\n\r\n'), Buffer.alloc(6_000)])
  expect(() => read(large, [], 1_000)).toThrow('a picture has more than 1000 bytes')
  expect(() => read(Buffer.from('--x\r\nContent-Length: 1001\r\n\r\n'), [], 1_000)).toThrow(Refusal)
  expect(() => read(Buffer.from(`--x\r\n${'a: b\r\n'.repeat(3_000)}`))).toThrow('the head of a part')
  expect(() => read(Buffer.alloc(30_000), [], 1_000)).toThrow('no boundary between pictures')
})

it('any bytes are read the same in whatever pieces they come, or refused', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '--x',
      '\r\n',
      '\n',
      '--',
      'Content-Length: 5',
      'Content-Type: image/jpeg',
      'Content-Type: a/b',
      ': ',
    ),
    fc.uint8Array({ maxLength: 8 }),
    fc.constantFrom(pictures[0], Buffer.of(0xff, 0xd9), Buffer.of(0xff, 0xd8)),
  )
  const outcome = (bytes: Uint8Array, at: readonly number[]) => {
    try {
      return read(bytes, at, 500).parts.map(({ bytes, headers }) => [Buffer.from(bytes).toString('hex'), ...headers])
    } catch (error) {
      if (error instanceof Refusal) return error.message
      throw error
    }
  }
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), cuts, (pieces, at) => {
      const bytes = Buffer.concat(pieces.map((each) => Buffer.from(each as string)))
      expect(outcome(bytes, at)).toEqual(outcome(bytes, []))
    }),
    { numRuns: 300 },
  )
})

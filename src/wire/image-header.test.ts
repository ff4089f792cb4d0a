import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jpeg, png, pngChunk, riff, riffChunk, segment, webp } from '../../test/support/pictures.ts'
import { Refusal } from '../core/errors.ts'
import { readImage, sniff } from './image-header.ts'

const LIMITS = { maxPixels: 50_000_000 }
const MAKERS = { 'image/jpeg': jpeg, 'image/png': png, 'image/webp': webp } as const
const TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const

describe.each(TYPES)('a good %s', (mediaType) => {
  const make = (width: number, height: number): Uint8Array => MAKERS[mediaType](width, height)

  test('is read with its true width and height, and its own bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 600 }), (width, height) => {
        const bytes = make(width, height)
        const image = readImage(bytes, LIMITS)
        expect(image).toEqual({ kind: 'image', bytes, mediaType, width, height })
        expect(image.bytes).toBe(bytes)
      }),
    )
  })

  test('is read the same from the middle of a larger buffer', () => {
    const bytes = make(40, 30)
    const larger = new Uint8Array(bytes.length + 20).fill(0xff)
    larger.set(bytes, 7)
    expect(readImage(larger.subarray(7, 7 + bytes.length), LIMITS)).toMatchObject({ width: 40, height: 30 })
  })

  test('may have padding behind its end', () => {
    const padded = Buffer.concat([make(40, 30), Buffer.alloc(1000)])
    expect(readImage(padded, LIMITS)).toMatchObject({ width: 40, height: 30 })
  })

  test('is refused when cut, wherever', () => {
    const bytes = make(40, 30)
    for (let end = 0; end < bytes.length; end++) expect(refusal(bytes.subarray(0, end))).toMatch(/^file: /)
  })

  test('may have as many pixels as are allowed, and not one more', () => {
    expect(readImage(make(100, 30), { maxPixels: 3000 })).toMatchObject({ width: 100 })
    expect(() => readImage(make(100, 30), { maxPixels: 2999 })).toThrow(Refusal)
  })

  test('with bytes changed is read or refused, and nothing else happens', () => {
    const good = make(40, 30)
    const change = fc.record({ at: fc.nat(good.length - 1), to: fc.integer({ min: 0, max: 255 }) })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        const bytes = good.slice()
        for (const { at, to } of changes) bytes[at] = to
        readOrRefuse(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  test('start with anything behind it is read or refused, and nothing else happens', () => {
    const good = make(40, 30)
    fc.assert(
      fc.property(fc.nat(good.length), fc.uint8Array({ maxLength: 200 }), (kept, tail) => {
        readOrRefuse(Buffer.concat([good.subarray(0, kept), tail]))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('what is no picture', () => {
  test('is refused with what it starts with', () => {
    expect(refusal(Buffer.from('<!DOCTYPE html>'))).toBe(
      'file: not a JPEG, PNG or WebP picture (it starts with 3c 21 44 4f)',
    )
    expect(refusal(Buffer.from('RIFF\x04\0\0\0WAVE'))).toContain('it starts with 52 49 46 46')
    expect(refusal(Buffer.of(9))).toContain('it starts with 09')
    expect(refusal(new Uint8Array())).toBe('file: not a JPEG, PNG or WebP picture (it is empty)')
  })

  test('is read or refused, and nothing else happens', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), readOrRefuse))
  })
})

describe('a picture with too many pixels', () => {
  test('is refused with its size and the limit in megapixels', () => {
    expect(refusal(jpeg(10_000, 10_000))).toBe(
      'file: this picture has 100 megapixels (10000 × 10000), at most 50 are allowed',
    )
  })

  test.each(TYPES)('is refused by the header of a %s alone, without room being made for it', (mediaType) => {
    const bytes = MAKERS[mediaType](8, 8).slice()
    if (mediaType === 'image/jpeg') bytes.fill(0xff, bytes.indexOf(0xc0) + 4, bytes.indexOf(0xc0) + 8)
    if (mediaType === 'image/png') bytes.set([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff], 16)
    if (mediaType === 'image/webp') bytes.set([0xff, 0xff, 0xff, 0x0f], 21)
    expect(refusal(bytes)).toContain('megapixels')
  })
})

describe('a JPEG', () => {
  const SOI = Buffer.of(0xff, 0xd8)
  const EOI = Buffer.of(0xff, 0xd9)
  const tables = (id: number) => segment(0xdb, Buffer.concat([Buffer.of(id), Buffer.alloc(64, 1)]))
  const bareScan = Buffer.concat([segment(0xda, Buffer.of(1, 1, 0, 0, 63, 0)), Buffer.alloc(20)])
  const scan = Buffer.concat([tables(0), bareScan])
  const sof = (marker: number, width: number, height: number, bits = 8) =>
    segment(marker, Buffer.of(bits, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0))
  const jpegOf = (...parts: Uint8Array[]) => Buffer.concat([SOI, ...parts])

  test('of about the size asked for, with a comment, still tells its true size', () => {
    const bytes = jpeg(704, 480, 300_000, 'comment \xff\xd9')
    expect(bytes.length).toBeGreaterThan(299_996)
    expect(bytes.length).toBeLessThanOrEqual(300_000)
    expect(readImage(bytes, LIMITS)).toMatchObject({ width: 704, height: 480 })
  })

  test('has the size of the picture, not that of a thumbnail in its EXIF segment', () => {
    const exif = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), jpeg(16, 12)]))
    expect(readImage(jpegOf(exif, sof(0xc0, 704, 480), scan, EOI), LIMITS)).toMatchObject({ width: 704, height: 480 })
  })

  test('is not taken for whole because a thumbnail in it has an end', () => {
    const exif = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), jpeg(16, 12)]))
    expect(refusal(jpegOf(exif, sof(0xc0, 704, 480), scan))).toBe('file: this JPEG is cut: it has no end marker')
  })

  test.each([0xc0, 0xc1, 0xc2])('may have a frame header with the marker %i', (marker) => {
    expect(readImage(jpegOf(sof(marker, 9, 7), scan, EOI), LIMITS)).toMatchObject({ width: 9, height: 7 })
  })

  test.each([
    ['lossless', [0xc3]],
    ['hierarchical', [0xc5, 0xc6, 0xc7, 0xcd, 0xce, 0xcf]],
    ['arithmetic', [0xc9, 0xca, 0xcb]],
  ])('in a coding that no browser knows is refused: %s', (coding, markers) => {
    for (const marker of markers)
      expect(refusal(jpegOf(sof(marker, 9, 7), scan, EOI))).toBe(
        `file: this JPEG cannot be decoded: browsers know no ${coding} coding`,
      )
  })

  test('that no browser can decode for lack of tables or for its bits is refused', () => {
    const noTable = 'file: this JPEG cannot be decoded: it has no quantisation table'
    expect(refusal(jpegOf(sof(0xc0, 9, 7), bareScan, EOI))).toBe(noTable)
    expect(refusal(jpegOf(sof(0xc0, 9, 7), tables(1), bareScan, EOI))).toBe(noTable)
    expect(refusal(fixture('nodqt.jpg'))).toBe(noTable)
    expect(refusal(fixture('prec12.jpg'))).toBe(
      'file: this JPEG cannot be decoded: it has 12 bits a colour, browsers know 8',
    )
    // Two tables in one segment, the first of 16 bits.
    const both = segment(
      0xdb,
      Buffer.concat([Buffer.of(0x11), Buffer.alloc(128, 1), Buffer.of(0), Buffer.alloc(64, 1)]),
    )
    expect(readImage(jpegOf(both, sof(0xc0, 9, 7), bareScan, EOI), LIMITS)).toMatchObject({ width: 9 })
  })

  test('of Motion JPEG, without Huffman tables, is taken, as browsers have the usual ones', () => {
    expect(readImage(fixture('ok_nodht_avi1.jpg'), LIMITS)).toMatchObject({ mediaType: 'image/jpeg' })
  })

  test.each([0xc4, 0xc8, 0xcc])('has no size in the segment with the marker %i', (marker) => {
    expect(refusal(jpegOf(sof(marker, 9, 7), scan, EOI))).toContain('before its size is given')
  })

  test('may have fill bytes, stray bytes and restart markers between its segments, as decoders allow', () => {
    const strays = Buffer.of(0xff, 0xd0, 0xff, 0x00, 0x12, 0xff, 0xff)
    expect(readImage(jpegOf(strays, sof(0xc0, 9, 7), scan, EOI), LIMITS)).toMatchObject({ width: 9, height: 7 })
  })

  test('without pixels is refused, also one that gives its height behind the first scan (DNL)', () => {
    expect(refusal(jpegOf(sof(0xc0, 9, 0), scan, EOI))).toContain('9 × 0 pixels')
    expect(refusal(jpegOf(sof(0xc0, 0, 7), scan, EOI))).toContain('0 × 7 pixels')
  })

  test('that gives its size twice is refused', () => {
    expect(refusal(jpegOf(sof(0xc0, 9, 7), sof(0xc0, 60_000, 60_000), scan, EOI))).toContain('its size twice')
  })

  test('with a segment longer than the file is refused with where that begins', () => {
    expect(refusal(jpegOf(Buffer.of(0xff, 0xe0, 0x20, 0x00, 1, 2, 3)))).toBe(
      'file: this JPEG is cut: a segment of 8,192 bytes begins 5 bytes before the end',
    )
  })

  test('of headers only is refused', () => {
    expect(refusal(jpegOf(sof(0xc0, 9, 7), EOI, Buffer.alloc(9)))).toBe('file: this JPEG holds no picture data')
  })
})

describe('a PNG', () => {
  const good = Buffer.from(png(9, 7))
  const start = good.subarray(0, 33)

  test('with a chunk longer than the file is refused with where that begins', () => {
    const cut = Buffer.concat([start, pngChunk('IDAT', Buffer.alloc(8180)).subarray(0, 12)])
    expect(refusal(cut)).toBe('file: this PNG is cut: a chunk of 8,192 bytes begins 12 bytes before the end')
  })

  test('that ends between two chunks is refused', () => {
    expect(refusal(good.subarray(0, -12))).toBe('file: this PNG is cut: it has no end chunk (IEND)')
  })

  test('must begin with a sane IHDR', () => {
    expect(refusal(Buffer.concat([good.subarray(0, 8), pngChunk('IDAT', Buffer.alloc(9))]))).toContain('IHDR')
    expect(refusal(Buffer.concat([start.subarray(0, 24), Buffer.of(3), good.subarray(25)]))).toContain('colour type 0')
    expect(refusal(Buffer.concat([start.subarray(0, 16), Buffer.alloc(4), good.subarray(20)]))).toContain('0 × 7')
  })

  test('whose checksum is wrong in a chunk that decoders need is refused, where checksums are looked at', () => {
    const limits = { ...LIMITS, crc32 }
    expect(() => readImage(fixture('badcrc.png'), limits)).toThrow('the checksum of a chunk is wrong')
    for (const at of [29, 37 + 8, good.length - 13]) {
      const damaged = Buffer.from(good)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      expect(() => readImage(damaged, limits)).toThrow(Refusal)
    }
    expect(readImage(good, limits)).toMatchObject({ width: 9, height: 7 })
    const comment = pngChunk('tEXt', Buffer.from('a\0b'))
    comment[12] = (comment[12] ?? 0) ^ 1
    expect(readImage(Buffer.concat([start, comment, good.subarray(33)]), limits)).toMatchObject({ width: 9 })
  })

  test('that no browser can decode is refused: without the palette that it needs, or in an unknown manner', () => {
    const indexed = Buffer.from(good)
    indexed[25] = 3
    expect(refusal(indexed)).toBe('file: this PNG cannot be decoded: it has no palette')
    const palette = Buffer.concat([indexed.subarray(0, 33), pngChunk('PLTE', Buffer.alloc(3)), indexed.subarray(33)])
    expect(readImage(palette, LIMITS)).toMatchObject({ width: 9 })
    for (const at of [26, 27, 28]) {
      const unknown = Buffer.from(good)
      unknown[at] = 2
      expect(refusal(unknown)).toContain('no such compression, filter or interlacing')
    }
  })

  test('whose picture data is no zlib stream is refused', () => {
    const other = Buffer.concat([start, pngChunk('IDAT', Buffer.alloc(20, 0xff)), good.subarray(-12)])
    expect(refusal(other)).toContain('not compressed as in a PNG')
  })

  test('without picture data is refused', () => {
    expect(refusal(Buffer.concat([start, pngChunk('IEND', Buffer.alloc(0))]))).toContain('no picture data')
  })
})

describe('a WebP', () => {
  const lossy = (width: number, height: number) =>
    riffChunk(
      'VP8 ',
      Buffer.of(0x30, 0, 0, 0x9d, 1, 0x2a, width & 255, (width >> 8) | 0x40, height & 255, height >> 8, 0),
    )
  const canvas = (width: number, height: number) => {
    const data = Buffer.alloc(10)
    data.writeUIntLE(width - 1, 4, 3)
    data.writeUIntLE(height - 1, 7, 3)
    return riffChunk('VP8X', data)
  }

  test('of the lossy kind has its size in the key frame, without the scaling bits above it', () => {
    expect(readImage(riff(lossy(704, 480)), LIMITS)).toMatchObject({ width: 704, height: 480 })
  })

  test('of the extended kind has the size of its canvas, pictures or animation in it', () => {
    const animation = riff(canvas(3000, 2000), riffChunk('ANIM', Buffer.alloc(6)), riffChunk('ANMF', Buffer.alloc(16)))
    expect(readImage(animation, LIMITS)).toMatchObject({ width: 3000, height: 2000 })
    const still = riff(canvas(704, 480), riffChunk('ICCP', Buffer.alloc(5)), lossy(704, 480))
    expect(readImage(still, LIMITS)).toMatchObject({ width: 704, height: 480 })
  })

  test('of the lossy kind that no browser decodes is refused', () => {
    // Its version is 4; it is not to be shown; its first part is longer than all of it.
    for (const tag of [0x38, 0x20, 0x50]) {
      const bytes = Buffer.from(riff(lossy(704, 480)))
      bytes[20] = tag
      expect(refusal(bytes)).toContain('this WebP cannot be decoded')
    }
  })

  test('whose picture is larger than its canvas is refused', () => {
    expect(refusal(riff(canvas(10, 10), lossy(9000, 9000)))).toContain('size of its canvas')
  })

  test('without a picture, with an interframe or a wrong signature is refused', () => {
    expect(refusal(riff(canvas(10, 10)))).toContain('no picture data')
    expect(refusal(riff(riffChunk('VP8 ', Buffer.alloc(10, 1))))).toContain('key frame')
    expect(refusal(riff(riffChunk('VP8L', Buffer.alloc(10))))).toContain('VP8L')
  })

  test('shorter than it announces is refused with both numbers', () => {
    const bytes = Buffer.concat([riff(lossy(9, 7))])
    expect(refusal(bytes.subarray(0, 30))).toBe('file: this WebP is cut: 32 bytes are announced, 30 came')
  })
})

test.each([
  ['end bytes only', [0xd9]],
  ['fill bytes only', [0xff]],
  ['escaped fill bytes', [0xff, 0x00]],
  ['the shortest segments', [0xff, 0xfe, 0x00, 0x02]],
])('a hostile JPEG of 8 MB of %s takes milliseconds', (_, pattern) => {
  const header = Buffer.from(jpeg(8, 8)).subarray(0, -4)
  for (const start of [header, header.subarray(0, 2)]) {
    const bytes = Buffer.concat([start, Buffer.alloc(8_000_000, Uint8Array.from(pattern))])
    // CPU time of this thread, not affected by the load of the machine.
    const from = process.threadCpuUsage()
    readOrRefuse(bytes)
    const { user, system } = process.threadCpuUsage(from)
    expect((user + system) / 1000).toBeLessThan(1000)
  }
})

test('sniff tells the media type by the first bytes alone', () => {
  for (const mediaType of TYPES) expect(sniff(MAKERS[mediaType](8, 8).subarray(0, 12))).toBe(mediaType)
  expect(sniff(Buffer.from('GIF89a'))).toBeUndefined()
  expect(sniff(new Uint8Array())).toBeUndefined()
})

/** The message with which the bytes are refused. */
function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`../../test/fixtures/field/${name}`, import.meta.url))
}

function refusal(bytes: Uint8Array): string {
  try {
    readImage(bytes, LIMITS)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'invalid') return error.message
    throw error
  }
  throw new Error('it was accepted')
}

function readOrRefuse(bytes: Uint8Array): void {
  try {
    const { width, height } = readImage(bytes, LIMITS)
    expect(width * height).toBeGreaterThan(0)
    expect(width * height).toBeLessThanOrEqual(LIMITS.maxPixels)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

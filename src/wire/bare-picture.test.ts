import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { exifOf, jpeg, png, pngChunk, riff, riffChunk, segment, webp, withExif } from '../../test/support/pictures.ts'
import { IMAGE_TYPES, type ImageType } from '../core/payload.ts'
import { barePicture } from './bare-picture.ts'
import { orientationOf } from './exif.ts'
import { readImage } from './image-header.ts'

const MAKERS = { 'image/jpeg': jpeg, 'image/png': png, 'image/webp': webp } as const
const SECRET = Buffer.from('47.4979 N, 19.0402 E')

function imageOf(bytes: Uint8Array) {
  return readImage(bytes, { maxPixels: 1e6 })
}

/** What was put somewhere into a picture, so that it stays one. */
const HIDDEN: Record<ImageType, (picture: Buffer) => Buffer> = {
  'image/jpeg': (picture) =>
    Buffer.concat([
      picture.subarray(0, 2),
      segment(0xfe, SECRET),
      segment(0xe1, Buffer.concat([Buffer.from('http://ns.adobe.com/xap/1.0/\0'), SECRET])),
      segment(0xed, Buffer.concat([Buffer.from('Photoshop 3.0\0'), SECRET])),
      segment(0xe2, Buffer.concat([Buffer.from('MPF\0'), SECRET])),
      segment(0xe0, Buffer.concat([Buffer.from('JFXX\0'), SECRET])),
      picture.subarray(2),
      // A second picture, as phones append one.
      withExif(picture, 'image/jpeg', Buffer.concat([exifOf(1), SECRET])),
    ]),
  'image/png': (picture) =>
    Buffer.concat([
      picture.subarray(0, 33),
      pngChunk('tEXt', Buffer.concat([Buffer.from('Location\0'), SECRET])),
      pngChunk('prVt', SECRET),
      picture.subarray(33, -12),
      pngChunk('iTXt', SECRET),
      picture.subarray(-12),
      SECRET,
    ]),
  'image/webp': (picture) =>
    Buffer.concat([
      riff(picture.subarray(12), riffChunk('XMP ', SECRET), riffChunk('note', SECRET.subarray(1))),
      SECRET,
    ]),
}

describe.each(IMAGE_TYPES)('a %s', (mediaType) => {
  const picture = Buffer.from(MAKERS[mediaType](16, 9))

  it('that has nothing besides its picture stays as it is', () => {
    const image = imageOf(picture)
    expect(barePicture(image)).toBe(image)
  })

  it('loses all that was written into it besides its picture, and nothing else', () => {
    const image = imageOf(HIDDEN[mediaType](picture))
    expect(Buffer.from(image.bytes).includes(SECRET)).toBe(true)
    const bare = barePicture(image)
    expect(Buffer.from(bare.bytes)).toEqual(picture)
    expect({ ...bare, bytes: image.bytes }).toEqual(image)
  })

  it('keeps how it is turned, and nothing else of its EXIF', () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8] as const) {
      const exif = Buffer.concat([exifOf(orientation), SECRET])
      const image = imageOf(withExif(picture, mediaType, exif))
      const { bytes } = barePicture(image)
      expect(Buffer.from(bytes).includes(SECRET)).toBe(false)
      expect(orientationOf(bytes, mediaType)).toBe(orientation)
      expect(readImage(bytes, { maxPixels: 1e6 })).toMatchObject({ width: 16, height: 9 })
      expect(barePicture({ ...image, bytes }).bytes).toEqual(bytes)
    }
  })

  test('that is damaged anywhere has nothing more to take out afterwards', () => {
    const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 })
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = HIDDEN[mediaType](picture)
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        const image = { ...imageOf(picture), bytes }
        const bare = barePicture(image)
        expect(barePicture(bare).bytes).toEqual(bare.bytes)
      }),
    )
  })
})

it('a JPEG in several scans loses what is between them, and keeps its tables and restart markers', () => {
  const start = Buffer.from(jpeg(16, 9)).subarray(0, -2)
  const table = segment(0xc4, Buffer.concat([Buffer.of(0, 1), Buffer.alloc(15), Buffer.of(0)]))
  const scan = Buffer.concat([segment(0xda, Buffer.of(1, 1, 0, 0, 63, 0)), Buffer.of(1, 0xff, 0, 2, 0xff, 0xd0, 3)])
  const end = Buffer.of(0xff, 0xd9)
  const image = { ...imageOf(jpeg(16, 9)), bytes: Buffer.concat([start, table, segment(0xfe, SECRET), scan, end]) }
  expect(Buffer.from(barePicture(image).bytes)).toEqual(Buffer.concat([start, table, scan, end]))
})

it('a JPEG of more parts than any program makes is cut', () => {
  const parts = Array.from({ length: 20_000 }, () => [segment(0xfe, SECRET), segment(0xdd, Buffer.alloc(2))]).flat()
  const image = { ...imageOf(jpeg(16, 9)), bytes: Buffer.concat([Buffer.of(0xff, 0xd8), ...parts]) }
  expect(barePicture(image).bytes).toHaveLength(2 + 9999 * 6)
})

it('a JPEG ends before a segment whose length cannot be right', () => {
  const picture = Buffer.from(jpeg(16, 9))
  for (const length of [0, 1, 65_535]) {
    const segment = Buffer.of(0xff, 0xc4, length >> 8, length & 0xff)
    const image = { ...imageOf(picture), bytes: Buffer.concat([picture.subarray(0, 2), segment, picture.subarray(2)]) }
    expect(Buffer.from(barePicture(image).bytes)).toEqual(picture.subarray(0, 2))
  }
})

it('what says how the colours of a JPEG are meant stays', () => {
  const picture = Buffer.from(jpeg(16, 9))
  const profile = segment(0xe2, Buffer.from('ICC_PROFILE\0\x01\x01…'))
  const adobe = segment(0xee, Buffer.from('Adobe\0\x64\0\0\0\0\x01'))
  const image = imageOf(Buffer.concat([picture.subarray(0, 2), profile, adobe, picture.subarray(2)]))
  expect(barePicture(image)).toBe(image)
})

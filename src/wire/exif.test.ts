import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exifOf, jpeg, png, webp, withExif } from '../../test/support/pictures.ts'
import { type Orientation, turnedSize } from '../core/orientation.ts'
import { IMAGE_TYPES, type ImageType } from '../core/payload.ts'
import { orientationOf, withoutExif } from './exif.ts'
import { readImage } from './image-header.ts'

const MAKERS = { 'image/jpeg': jpeg, 'image/png': png, 'image/webp': webp } as const
const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const

/** Entries of other tags, before and behind the orientation in the directory. */
const otherEntry = fc.record({
  tag: fc.integer({ min: 0, max: 0xffff }).filter((tag) => tag !== 274),
  value: fc.integer({ min: 0, max: 0xffff }),
})

/** EXIF is put at the beginning of a JPEG or PNG. */
function withFirstExif(picture: Uint8Array, mediaType: ImageType, first: number, second: number): Uint8Array {
  return withExif(withExif(picture, mediaType, exifOf(second)), mediaType, exifOf(first))
}

/** … and at the end of a WebP, which says how long it is. */
function withSecondExif(picture: Uint8Array, first: number, second: number): Buffer {
  const turned = withExif(picture, 'image/webp', exifOf(first))
  const other = withExif(picture, 'image/webp', exifOf(second))
  const twice = Buffer.concat([turned, other.subarray(Buffer.from(other).lastIndexOf('EXIF'))])
  twice.writeUInt32LE(twice.length - 8, 4)
  return twice
}

describe.each(IMAGE_TYPES)('a %s', (mediaType) => {
  const picture = MAKERS[mediaType](16, 9)

  test('has the orientation that its EXIF gives, in either byte order and wherever in the directory', () => {
    const exif = fc.record({
      orientation: fc.constantFrom(...ORIENTATIONS),
      isLittle: fc.boolean(),
      before: fc.array(otherEntry, { maxLength: 5 }),
      behind: fc.array(otherEntry, { maxLength: 5 }),
      gap: fc.nat(20),
    })
    fc.assert(
      fc.property(exif, ({ orientation, ...manner }) => {
        const turned = withExif(picture, mediaType, exifOf(orientation, manner))
        expect(orientationOf(turned, mediaType)).toBe(orientation)
      }),
    )
  })

  test('is read without its EXIF as one that was never turned, and nothing else of it changes', () => {
    for (const orientation of ORIENTATIONS) {
      const turned = withExif(picture, mediaType, exifOf(orientation))
      const stored = Buffer.concat(withoutExif(turned, mediaType))
      expect(orientationOf(stored, mediaType)).toBe(1)
      expect(readImage(stored, { maxPixels: 1000 })).toMatchObject({ width: 16, height: 9 })
    }
    expect(Buffer.concat(withoutExif(picture, mediaType))).toEqual(Buffer.from(picture))
  })

  test('with EXIF twice has the orientation of the first, and none of them is left for a decoder', () => {
    const twice = mediaType === 'image/webp' ? withSecondExif(picture, 6, 3) : withFirstExif(picture, mediaType, 6, 3)
    expect(orientationOf(twice, mediaType)).toBe(6)
    const stored = Buffer.concat(withoutExif(twice, mediaType))
    expect(orientationOf(stored, mediaType)).toBe(1)
    expect(readImage(stored, { maxPixels: 1000 })).toMatchObject({ width: 16, height: 9 })
  })

  test('without EXIF, or with an orientation that does not exist, is as it is', () => {
    expect(orientationOf(picture, mediaType)).toBe(1)
    for (const value of [0, 9, 0x0600])
      expect(orientationOf(withExif(picture, mediaType, exifOf(value)), mediaType)).toBe(1)
  })

  test('whose EXIF is damaged or cut anywhere has some orientation', () => {
    const turned = withExif(picture, mediaType, exifOf(6))
    fc.assert(
      fc.property(fc.nat(turned.length - 1), fc.nat(255), fc.nat(turned.length), (at, byte, length) => {
        const damaged = Uint8Array.from(turned)
        damaged[at] = byte
        expect(ORIENTATIONS).toContain(orientationOf(damaged.subarray(0, length), mediaType))
      }),
    )
  })

  test('that is not one at all is as it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(ORIENTATIONS).toContain(orientationOf(bytes, mediaType))
      }),
    )
  })
})

test('an orientation of another type than a short is not read', () => {
  const exif = exifOf(6)
  exif.writeUInt16LE(4, 8 + 2 + 2)
  expect(orientationOf(withExif(jpeg(16, 9), 'image/jpeg', exif), 'image/jpeg')).toBe(1)
})

test('EXIF behind the picture data does not count', () => {
  const whole = withExif(png(16, 9), 'image/png', exifOf(6))
  const [from, to] = [33, 33 + 12 + exifOf(6).length]
  const moved = Buffer.concat([
    whole.subarray(0, from),
    whole.subarray(to, -12),
    whole.subarray(from, to),
    whole.subarray(-12),
  ])
  expect([orientationOf(whole, 'image/png'), orientationOf(moved, 'image/png')]).toEqual([6, 1])
  const behind = Buffer.concat([jpeg(16, 9), withExif(jpeg(16, 9), 'image/jpeg', exifOf(6))])
  expect(orientationOf(behind, 'image/jpeg')).toBe(1)
})

test('the EXIF of a WebP counts where its header says that there is one, with the prefix of a JPEG or not', () => {
  const prefixed = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exifOf(8)])
  const whole = Buffer.from(withExif(webp(16, 9), 'image/webp', prefixed))
  expect(orientationOf(whole, 'image/webp')).toBe(8)
  whole[20] = 0
  expect(orientationOf(whole, 'image/webp')).toBe(1)
})

test('a hostile JPEG of 8 MB of the shortest segments takes milliseconds', () => {
  const bytes = Buffer.concat([Buffer.of(0xff, 0xd8), Buffer.alloc(8_000_000, Uint8Array.of(0xff, 0xe1, 0, 2))])
  const from = process.threadCpuUsage()
  expect(orientationOf(bytes, 'image/jpeg')).toBe(1)
  const { user, system } = process.threadCpuUsage(from)
  expect((user + system) / 1000).toBeLessThan(1000)
})

test('a picture that is turned by a quarter is as wide as it was high', () => {
  const size = { width: 640, height: 360 }
  const turned = (orientation: Orientation) => turnedSize(size, orientation).width
  expect(ORIENTATIONS.map(turned)).toEqual([640, 640, 640, 640, 360, 360, 360, 360])
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exifOf, jpeg, png, webp, withExif } from '../../test/support/pictures.ts'
import { IMAGE_TYPES } from '../core/payload.ts'
import { type Orientation, orientationOf, turnedSize } from './exif.ts'

const MAKERS = { 'image/jpeg': jpeg, 'image/png': png, 'image/webp': webp } as const
const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const

/** Entries of other tags, before and behind the orientation in the directory. */
const otherEntry = fc.record({
  tag: fc.integer({ min: 0, max: 0xffff }).filter((tag) => tag !== 274),
  value: fc.integer({ min: 0, max: 0xffff }),
})

describe.each(IMAGE_TYPES)('a %s', (mediaType) => {
  const picture = MAKERS[mediaType](16, 9)

  test('has the orientation that its EXIF gives if browsers turn it, in either byte order and wherever in the directory', () => {
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
        expect(orientationOf(turned, mediaType)).toBe(mediaType === 'image/webp' ? 1 : orientation)
      }),
    )
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

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exifOf, jpeg, segment } from '../../test/support/pictures.ts'
import { JpegEnd } from './jpeg-end.ts'

/** Where it ends in the whole, read in pieces that end at these places. */
function endIn(bytes: Uint8Array, cuts: readonly number[]): number | undefined {
  const reader = new JpegEnd()
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  for (const [i, from] of places.entries()) {
    const end = reader.push(bytes.subarray(from, places[i + 1] ?? bytes.length))
    if (end !== undefined) return from + end
  }
  return undefined
}

const cuts = fc.array(fc.nat({ max: 10_000 }), { maxLength: 6 })
const thumbnail = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exifOf(3), jpeg(16, 16)]))

it('a JPEG ends with its own end marker, in whatever pieces it comes and whatever follows', () => {
  const whole = Buffer.from(jpeg(64, 48, 900, 'a comment \xff\xd9'))
  const withThumbnail = Buffer.concat([whole.subarray(0, 2), thumbnail, whole.subarray(2)])
  fc.assert(
    fc.property(fc.constantFrom(whole, withThumbnail), fc.uint8Array({ maxLength: 50 }), cuts, (picture, rest, at) => {
      expect(endIn(Buffer.concat([picture, rest]), at)).toBe(picture.length)
    }),
  )
})

it('one that is cut has no end', () => {
  const whole = jpeg(64, 48, 900)
  fc.assert(
    fc.property(fc.nat({ max: whole.length - 1 }), cuts, (length, at) => {
      expect(endIn(whole.subarray(0, length), at)).toBeUndefined()
    }),
  )
})

it('any bytes end at the same place in whatever pieces they come', () => {
  const byte = fc.oneof(fc.constantFrom(0xff, 0xd8, 0xd9, 0xda, 0, 2, 4), fc.nat({ max: 255 }))
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), cuts, (bytes, at) => {
      expect(endIn(Uint8Array.from(bytes), at)).toBe(endIn(Uint8Array.from(bytes), []))
    }),
  )
})

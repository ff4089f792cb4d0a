import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readNpy } from './npy-reader.ts'

/** A file as NumPy writes it. */
function npy(descr: string, shape: string, elements: Uint8Array): Uint8Array {
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`
  const header = `${dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11)}\n`
  const prefix = Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 0xff, header.length >> 8])
  return new Uint8Array([...prefix, ...new TextEncoder().encode(header), ...elements])
}

const all = (bytes: Uint8Array, count: number) => Array.from({ length: count }, (_, i) => readNpy(bytes).at(i))

describe('an array of NumPy', () => {
  it('has its shape and its values', () => {
    const bytes = npy('<f8', '2, 3', new Uint8Array(new Float64Array([0, 1.5, -2, 1e300, Number.NaN, 5]).buffer))
    expect(readNpy(bytes).shape).toEqual([2, 3])
    expect(all(bytes, 7)).toEqual([0, 1.5, -2, 1e300, Number.NaN, 5, undefined])
  })

  it('may be of any numbers, in either order of bytes, with any dimensions', () => {
    expect(all(npy('>u2', '2,', Uint8Array.of(1, 2, 255, 254)), 2)).toEqual([258, 65_534])
    expect(all(npy('|b1', '3,', Uint8Array.of(0, 1, 1)), 3)).toEqual([0, 1, 1])
    expect(all(npy('<i8', '', new Uint8Array(8).fill(255)), 1)).toEqual([-1n])
    expect(all(npy('>u8', '1, 1', new Uint8Array(8).fill(255)), 1)).toEqual([2n ** 64n - 1n])
    expect(readNpy(npy('<f4', '0, 5', new Uint8Array())).shape).toEqual([0, 5])
  })

  it.each([
    ['a text', npy('<U3', '', new Uint8Array(12))],
    ['too few bytes', npy('<f8', '2,', new Uint8Array(15))],
    ['too many bytes', npy('<f8', '2,', new Uint8Array(17))],
    ['a shape that nothing can have', npy('<f8', '99999999999999999999, 9', new Uint8Array(8))],
    ['another version', npy('<f8', '', new Uint8Array(8)).with(6, 2)],
    ['nothing', new Uint8Array()],
  ])('is refused if it is not one: %s', (_, bytes) => {
    expect(() => readNpy(bytes)).toThrow(/^npy: /)
  })

  it('is an array or an error, whatever the bytes are', () => {
    const damaged = fc.tuple(fc.nat(200), fc.nat(255)).map(([at, byte]) => {
      const bytes = npy('<f8', '3, 2', new Uint8Array(48))
      return at < bytes.length ? bytes.with(at, byte) : bytes.subarray(0, byte)
    })
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        try {
          readNpy(bytes).at(0)
        } catch (error) {
          expect(String(error)).toMatch(/npy: /)
        }
      }),
    )
  })
})

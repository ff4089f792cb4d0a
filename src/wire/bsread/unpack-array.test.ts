import { describe, expect, it } from 'vitest'
import type { ElementType, PackedArray } from '../../core/payload.ts'
import { unpackArray } from './unpack-array.ts'

function packed(
  bytes: Uint8Array,
  type: ElementType,
  shape: number[],
  byteOrder: 'little' | 'big' = 'little',
): PackedArray {
  return { kind: 'packed-array', bytes, type, shape, byteOrder, compression: 'none' }
}

/** The bytes at an offset within a larger buffer. */
function placed(bytes: readonly number[], offset: number): Uint8Array {
  const memory = new Uint8Array(offset + bytes.length + 3)
  memory.set(bytes, offset)
  return memory.subarray(offset, offset + bytes.length)
}

describe('an array', () => {
  const bytes = [1, 2, 3, 4, 5, 6, 7, 8]

  it('shares the memory of what was received where it can', () => {
    const aligned = placed(bytes, 8)
    const { values, shape } = unpackArray(packed(aligned, 'uint32', [2, 1]))
    expect([...values]).toEqual([0x04030201, 0x08070605])
    expect(values.buffer).toBe(aligned.buffer)
    expect(shape).toEqual([2, 1])
  })

  it('is copied from where numbers cannot be', () => {
    const odd = placed(bytes, 3)
    expect([...unpackArray(packed(odd, 'uint16', [4])).values]).toEqual([0x0201, 0x0403, 0x0605, 0x0807])
  })

  it('of the higher byte first is turned, and what was received stays as it is', () => {
    for (const offset of [0, 3]) {
      const received = Buffer.from(placed(bytes, offset))
      const turned = (type: ElementType, length: number) => [
        ...unpackArray(packed(received, type, [length], 'big')).values,
      ]
      expect(turned('uint8', 8)).toEqual(bytes)
      expect(turned('uint16', 4)).toEqual([0x0102, 0x0304, 0x0506, 0x0708])
      expect(turned('uint32', 2)).toEqual([0x01020304, 0x05060708])
      expect(turned('uint64', 1)).toEqual([0x0102030405060708n])
      expect([...received]).toEqual(bytes)
    }
  })

  it('of another size than its shape says is refused', () => {
    expect(() => unpackArray(packed(placed(bytes, 0), 'uint16', [5]))).toThrow(
      'The array has 8 bytes, where its type and shape say 10.',
    )
  })

  it('that is damaged is refused, with its compression', () => {
    const array = { ...packed(placed(bytes, 0), 'uint16', [4]), compression: 'bitshuffle_lz4' as const }
    expect(() => unpackArray(array)).toThrow(expect.objectContaining({ name: 'BsreadError', code: 'BSLZ4' }))
  })
})

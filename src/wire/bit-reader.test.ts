import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BitReader, unescaped } from './bit-reader.ts'

/** Bits as the standards write them, filled up with zeros. */
function bytesOf(bits: string): Uint8Array {
  return Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, '0'), 2))
}

function expGolomb(value: number): string {
  const digits = (value + 1).toString(2)
  return '0'.repeat(digits.length - 1) + digits
}

it('reads numbers in Exp-Golomb coding, one behind the other', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2 ** 31)), (values) => {
      const bits = new BitReader(bytesOf(values.map(expGolomb).join('')))
      expect(values.map(() => bits.unsigned())).toEqual(values)
      expect(bits.isBroken).toBe(false)
    }),
  )
})

it('reads numbers with a sign as 1, -1, 2, -2 …', () => {
  const bits = new BitReader(bytesOf([0, 1, 2, 3, 4].map(expGolomb).join('')))
  expect([0, 1, 2, 3, 4].map(() => bits.signed() + 0)).toEqual([0, 1, -1, 2, -2])
})

it('gives zeros beyond the end, and says so', () => {
  const bits = new BitReader(new Uint8Array([0xff]))
  expect(bits.bits(8)).toBe(255)
  expect(bits.isBroken).toBe(false)
  expect([bits.bits(32), bits.unsigned(), bits.flag()]).toEqual([0, 0, false])
  expect(bits.isBroken).toBe(true)
})

it('takes a number of more than 32 bits for damage', () => {
  const bits = new BitReader(new Uint8Array(100))
  expect(bits.unsigned()).toBe(0)
  expect(bits.isBroken).toBe(true)
})

it('removes what keeps start codes out', () => {
  expect([...unescaped(new Uint8Array([0, 0, 3, 1, 0, 0, 3, 0, 0, 3]))]).toEqual([0, 0, 1, 0, 0, 0, 0])
  expect([...unescaped(new Uint8Array([1, 2, 3, 4]), 2)]).toEqual([1, 2])
})

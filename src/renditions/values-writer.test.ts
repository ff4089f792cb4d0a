import { describe, expect, it } from 'vitest'
import { arrayOf } from '../../test/support/arrays.ts'
import { ELEMENT_TYPES, type PackedArray } from '../core/payload.ts'
import { unpackArray } from '../wire/bsread/unpack-array.ts'
import { NumberBlocks } from './number-blocks.ts'
import type { ValuesOutput } from './scaler.ts'
import { writeValues } from './values-writer.ts'

const SIZE = { width: 16, height: 12 }
const SCALE = { levels: 'auto', log: false } as const

function written(array: PackedArray, output: Omit<ValuesOutput, 'scale'>) {
  const { values } = unpackArray(array)
  return writeValues({ array, values, numbers: new NumberBlocks(values) }, { ...output, scale: SCALE })
}

describe('the values of an array', () => {
  it.each(ELEMENT_TYPES.flatMap((type) => (['little', 'big'] as const).map((byteOrder) => ({ type, byteOrder }))))(
    'of $type, $byteOrder-endian, are written in each way, compressed or not',
    (options) => {
      const array = arrayOf(SIZE, (x) => (x < 8 ? 0 : 1), options)
      const { values } = unpackArray(array)
      const types = { native: options.type, f32: 'float32', u16: 'uint16', u8: 'uint8' } as const
      const codes = { native: values, f32: [0, 1], u16: [1, 65_535], u8: [1, 255] }
      for (const type of ['native', 'f32', 'u16', 'u8'] as const)
        for (const compression of ['none', 'bitshuffle_lz4'] as const) {
          const made = written(array, { type, compression })
          expect(made).toMatchObject({ type: types[type], shape: [12, 16], compression })
          // In memory of their own, which a thread hands over.
          expect(made.bytes).toHaveLength(made.bytes.buffer.byteLength)
          expect(made.bytes.buffer).not.toBe(array.bytes.buffer)
          const got = unpackArray(made).values
          if (type === 'native') expect(got).toEqual(values)
          else expect([got[0], got[15]]).toEqual(codes[type])
          expect(made.quantisation?.levels).toEqual(type.startsWith('u') ? { min: 0, max: 1 } : undefined)
        }
    },
  )
})

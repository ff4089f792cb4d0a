import { describe, expect, it } from 'vitest'
import type { PackedArray } from '../src/core/payload.ts'
import { dequantised, valuesOf } from './values.ts'

const QUANTISATION = { scale: 0.5, offset: 9.5, levels: { min: 10, max: 137 }, log: false }

function arrayOf(more: Partial<PackedArray>): PackedArray {
  const bytes = Uint8Array.of(0, 1, 255)
  return { kind: 'packed-array', bytes, type: 'uint8', shape: [3], byteOrder: 'little', compression: 'none', ...more }
}

describe('values', () => {
  it('that are quantised are codes, and numbers with their scale and offset', () => {
    const values = valuesOf({ array: arrayOf({ quantisation: QUANTISATION }) })
    expect(values).toEqual({ shape: [3], values: Uint8Array.of(0, 1, 255), quantisation: QUANTISATION })
    expect(values && dequantised(values)).toEqual(Float64Array.of(Number.NaN, 10, 137))
  })

  it('of a logarithmic scale are its powers', () => {
    const values = valuesOf({ array: arrayOf({ quantisation: { ...QUANTISATION, scale: 1, offset: -1, log: true } }) })
    expect(values && [...dequantised(values)]).toEqual([Number.NaN, 1, Math.exp(254)])
  })

  it('that are not quantised are themselves', () => {
    const values = valuesOf({ array: arrayOf({}) }) ?? expect.fail('these are values')
    expect(dequantised(values)).toBe(values.values)
    expect(valuesOf({ array: undefined })).toBeUndefined()
  })
})

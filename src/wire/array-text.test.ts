import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RawArray } from '../core/payload.ts'
import { csvOfPiece, csvOfText, jsonOfPiece } from './array-text.ts'

const rawArray = (values: RawArray['values'], shape: readonly number[]): RawArray => ({
  kind: 'raw-array',
  values,
  shape,
})
const json = (array: RawArray, type: Parameters<typeof jsonOfPiece>[1] = 'float64') =>
  jsonOfPiece({ ...array, from: 0 }, type)
const csv = (array: RawArray) => csvOfPiece({ ...array, from: 0 })

describe('an array in JSON', () => {
  it('has lists in lists, as its shape says', () => {
    const of = (shape: readonly number[]) => JSON.parse(json(rawArray(Float64Array.of(1, 2, 3, 4, 5, 6), shape)))
    expect(of([6])).toEqual([1, 2, 3, 4, 5, 6])
    expect(of([2, 3])).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(of([3, 1, 2])).toEqual([[[1, 2]], [[3, 4]], [[5, 6]]])
    expect(json(rawArray(Float64Array.of(7), [1]))).toBe('7')
  })

  it('keeps every digit, and the sign of zero; what JSON has no number for is null', () => {
    expect(json(rawArray(BigUint64Array.of(18_446_744_073_709_551_615n, 0n), [2]))).toBe('[18446744073709551615,0]')
    expect(json(rawArray(Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0, 0.1), [4]))).toBe(
      '[null,null,-0.0,0.1]',
    )
    expect(json(rawArray(Uint8Array.of(0, 1, 2), [3]), 'bool')).toBe('[false,true,true]')
  })

  it('gives any values back that are numbers', () => {
    fc.assert(
      fc.property(fc.float64Array({ minLength: 2, maxLength: 50, noNaN: true, noDefaultInfinity: true }), (values) => {
        expect(JSON.parse(json(rawArray(values, [values.length])))).toEqual([...values])
      }),
    )
  })
})

describe('an array in CSV', () => {
  it('has a line for each row, or for each value of a list', () => {
    const values = Int32Array.of(1, 2, 3, 4, 5, 6)
    expect(csv(rawArray(values, [2, 3]))).toBe('1,2,3\n4,5,6\n')
    expect(csv(rawArray(values, [3, 1, 2]))).toBe('1,2\n3,4\n5,6\n')
    expect(csv(rawArray(values, [6]))).toBe('1\n2\n3\n4\n5\n6\n')
    expect(csv(rawArray(Float64Array.of(Number.NaN, Number.NEGATIVE_INFINITY), [2]))).toBe('nan\n-inf\n')
  })

  it('quotes texts', () => {
    expect(csvOfText('say "a,\nb"')).toBe('"say ""a,\nb"""\n')
  })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ELEMENT_TYPES, elementsOf, type PackedArray } from '../core/payload.ts'
import { piecesOf, wholeOf, writePiece } from './array-pieces.ts'
import { elementBytesOf } from './bsread/element-types.ts'
import { packBytes } from './bsread/unpack-bytes.ts'

/** Arrays of any type, shape, order of bytes and values. */
const arrays = fc
  .record({
    type: fc.constantFrom(...ELEMENT_TYPES),
    shape: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    byteOrder: fc.constantFrom('little' as const, 'big' as const),
  })
  .chain(({ type, shape, byteOrder }) => {
    const length = elementsOf(shape) * elementBytesOf(type)
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes): PackedArray => ({ kind: 'packed-array', bytes, type, shape, byteOrder, compression: 'none' }))
  })

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

it('the pieces of an array, one after another, are its text', () => {
  fc.assert(
    fc.property(arrays, fc.integer({ min: 1, max: 130 }), (array, count) => {
      for (const format of ['json', 'csv'] as const) {
        const whole = textOf(writePiece(wholeOf(array), format))
        const pieces = [...piecesOf(array, count)].map((piece) => textOf(writePiece(piece, format)))
        expect(pieces.join('')).toBe(whole)
        expect(pieces).toHaveLength(Math.ceil(elementsOf(array.shape) / count))
      }
      const json = JSON.parse(textOf(writePiece(wholeOf(array), 'json')))
      expect([json].flat(Number.POSITIVE_INFINITY)).toHaveLength(elementsOf(array.shape))
    }),
  )
})

it('bytes are unpacked and stay in the order of their sender', () => {
  fc.assert(
    fc.property(arrays, fc.constantFrom('lz4' as const, 'bitshuffle_lz4' as const), (array, compression) => {
      const packed = { ...array, compression, bytes: packBytes(array.bytes, compression, elementBytesOf(array.type)) }
      expect(Buffer.from(writePiece(wholeOf(packed), 'bytes'))).toEqual(Buffer.from(array.bytes))
    }),
  )
})

import type { ArrayPiece, PieceFormat } from '../core/array-piece.ts'
import { elementsOf, type PackedArray } from '../core/payload.ts'
import { csvOfPiece, jsonOfPiece } from './array-text.ts'
import { elementBytesOf } from './bsread/element-types.ts'
import { unpackArray, unpackedBytes } from './bsread/unpack-array.ts'

/** An array as one piece. */
export function wholeOf(array: PackedArray): ArrayPiece {
  return { array: { ...array, shape: [elementsOf(array.shape)] }, from: 0, shape: array.shape }
}

/** An array in pieces, which share its memory. @param array not packed @param count how many values each of them has, at most */
export function* piecesOf(array: PackedArray, count: number): Iterable<ArrayPiece> {
  const { bytes, shape } = array
  const elementBytes = elementBytesOf(array.type)
  for (let at = 0; at < bytes.length; at += count * elementBytes) {
    const part = bytes.subarray(at, at + count * elementBytes)
    yield { array: { ...array, bytes: part, shape: [part.length / elementBytes] }, from: at / elementBytes, shape }
  }
}

/** Writes a piece. @throws BsreadError as `unpackArray` */
export function writePiece({ array, from, shape }: ArrayPiece, format: PieceFormat): Uint8Array {
  if (format === 'bytes') return unpackedBytes(array)
  const piece = { values: unpackArray(array).values, from, shape }
  return new TextEncoder().encode(format === 'json' ? jsonOfPiece(piece, array.type) : csvOfPiece(piece))
}

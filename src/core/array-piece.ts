import type { PackedArray } from './payload.ts'

/** Consecutive values of an array: all of them, or so many as are written at once. */
export interface ArrayPiece {
  /** These values only; its own shape is a list. */
  readonly array: PackedArray
  /** The number of the first of them within the whole array. */
  readonly from: number
  /** The shape of the whole array. */
  readonly shape: readonly number[]
}

/** How values are written: as bytes that are not packed, in their sender's order; as text in JSON or CSV (UTF-8). */
export type PieceFormat = 'bytes' | 'json' | 'csv'

/** A piece, and how it is to be written. */
export interface PieceOrder {
  readonly piece: ArrayPiece
  readonly format: PieceFormat
}

import type { ArrayPiece, PieceFormat } from '../core/array-piece.ts'
import { writePiece } from '../wire/array-pieces.ts'
import { BsreadError } from '../wire/bsread/bsread-error.ts'
import { UndecodablePicture } from './scaler.ts'

/**
 * Writes values within a thread.
 * @returns bytes in memory of their own, which can be transferred to another thread
 * @throws UndecodablePicture when they are damaged, or too many for this machine
 */
export function writeTransferablePiece(piece: ArrayPiece, format: PieceFormat): Uint8Array<ArrayBuffer> {
  try {
    const bytes = writePiece(piece, format)
    return ownsBuffer(bytes) ? bytes : new Uint8Array(bytes)
  } catch (error) {
    if (error instanceof BsreadError) throw new UndecodablePicture(error.message)
    if (error instanceof RangeError)
      throw new UndecodablePicture('This machine has not enough memory for these values.')
    throw error
  }
}

function ownsBuffer(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
}

/*
 * Messages between the server and a thread that makes renditions.
 */
import type { ArrayPiece, PieceFormat } from '../core/array-piece.ts'
import type { ImageType, PackedArray } from '../core/payload.ts'
import type { ScalerResult } from './picture-scaler.ts'
import type { ScaleOutput, ValuesOutput } from './scaler.ts'

/** What a thread is started with. */
export interface ScalerThreadSettings {
  /** Of an original. */
  readonly maxPixels: number
  /** The memory of its `NativeGate`. */
  readonly gate: SharedArrayBuffer
}

/** To the thread. */
export type ScalerOrder =
  | (ScalerInput & { readonly kind: 'scale'; readonly mediaType: ImageType; readonly outputs: readonly ScaleOutput[] })
  | (ScalerInput & {
      readonly kind: 'draw'
      readonly array: ArrayInput
      readonly outputs: readonly ScaleOutput[]
      readonly values: readonly ValuesOutput[]
    })
  | (ScalerInput & {
      readonly kind: 'write'
      readonly array: ArrayInput
      readonly place: Omit<ArrayPiece, 'array'>
      readonly format: PieceFormat
    })
  /** It is to end. */
  | { readonly kind: 'end' }

/** An array whose bytes are in the memory that goes with it. */
type ArrayInput = Omit<PackedArray, 'bytes'>

/** What a job is done with. */
interface ScalerInput {
  /** Begins with the bytes of the picture or the array; not written to before the answer. */
  readonly memory: SharedArrayBuffer
  /** How many bytes these are. */
  readonly length: number
}

/** From the thread: `ready` once, then one answer an order. */
export type ScalerAnswer =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'scaled' } & ScalerResult)
  | { readonly kind: 'written'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'undecodable'; readonly reason: string }

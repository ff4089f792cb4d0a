/*
 * Messages between the server and a thread that makes renditions.
 */
import type { ImageType, PackedArray } from '../core/payload.ts'
import type { ScalerResult } from './picture-scaler.ts'
import type { ScaleOutput } from './scaler.ts'

/** What a thread is started with. */
export interface ScalerThreadSettings {
  /** Of an original. */
  readonly maxPixels: number
  /** The memory of its `NativeGate`. */
  readonly gate: SharedArrayBuffer
}

/** To the thread. */
export type ScalerOrder =
  | (ScalerInput & { readonly kind: 'scale'; readonly mediaType: ImageType })
  | (ScalerInput & { readonly kind: 'draw'; readonly array: Omit<PackedArray, 'bytes'> })
  /** It is to end. */
  | { readonly kind: 'end' }

/** What pictures are made of, and which. */
interface ScalerInput {
  /** Begins with the bytes of the picture or the array; not written to before the answer. */
  readonly memory: SharedArrayBuffer
  /** How many bytes these are. */
  readonly length: number
  readonly outputs: readonly ScaleOutput[]
}

/** From the thread: `ready` once, then one answer an order. */
export type ScalerAnswer =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'scaled' } & ScalerResult)
  | { readonly kind: 'undecodable'; readonly reason: string }

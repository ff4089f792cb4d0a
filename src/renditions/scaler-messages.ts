/*
 * Messages between the server and a thread that makes renditions.
 */
import type { ImageType } from '../core/payload.ts'
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
  | {
      readonly kind: 'scale'
      /** Begins with the picture; not written to before the answer. */
      readonly memory: SharedArrayBuffer
      /** How many bytes the picture has. */
      readonly length: number
      readonly mediaType: ImageType
      readonly outputs: readonly ScaleOutput[]
    }
  /** It is to end. */
  | { readonly kind: 'end' }

/** From the thread: `ready` once, then one answer an order. */
export type ScalerAnswer =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'scaled' } & ScalerResult)
  | { readonly kind: 'undecodable'; readonly reason: string }

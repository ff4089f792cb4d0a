/*
 * The messages between the publish page and its JPEG encoding worker.
 */

/** To the worker: a picture to encode. */
export interface EncodeOrder {
  readonly picture: VideoFrame | ImageBitmap
  /** The width of the JPEG, in pixels. */
  readonly width: number
  readonly height: number
  /** JPEG quality, 0 to 1. */
  readonly quality: number
}

/** The worker's answer. `isFalsified`: see `FalsifiedError`. */
export type EncodeAnswer =
  | { readonly bytes: ArrayBuffer }
  | { readonly isFalsified: true }
  | { readonly problem: string }

/*
 * What the publish page and the worker that encodes its pictures say to each other.
 */

/** What the worker is told: a picture, and what to make of it. */
export interface EncodeOrder {
  readonly picture: VideoFrame | ImageBitmap
  /** Of the JPEG, in pixels. */
  readonly width: number
  readonly height: number
  /** 0 … 1 */
  readonly quality: number
}

/** What it answers. */
export type EncodeAnswer = { readonly bytes: ArrayBuffer } | { readonly problem: string }

import type { Size } from '../core/payload.ts'

/** What a sequence parameter set (SPS) says of the video. */
export interface Sequence {
  /** Its number, which pictures refer to it by. */
  readonly id: number
  /** Of the pictures as they are shown, cropped. */
  readonly size: Size
  /** How many pictures may have to wait for one that is shown earlier (B-frames); undefined if it does not say. */
  readonly reordered: number | undefined
}

/** How much of a picture's edges is not shown, in pixels. */
export interface Cropping {
  readonly horizontal: number
  readonly vertical: number
}

/** @returns undefined if that is no size that a picture can have */
export function croppedSize(width: number, height: number, { horizontal, vertical }: Cropping): Size | undefined {
  const size = { width: width - horizontal, height: height - vertical }
  return size.width > 0 && size.height > 0 ? size : undefined
}

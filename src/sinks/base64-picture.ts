import { toBase64 } from '../core/base64.ts'
import type { ImageFrame } from '../core/frame.ts'

/** Encodes the picture of a frame in base64. */
export function base64Picture(frame: ImageFrame): string {
  return toBase64(frame.payload.bytes)
}

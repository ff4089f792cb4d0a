import { toBase64 } from '../core/base64.ts'
import type { Frame } from '../core/frame.ts'

/** The picture of a frame in base64. */
export function base64Form(frame: Frame): string {
  return toBase64(frame.image.bytes)
}

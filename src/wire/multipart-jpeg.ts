/*
 * MJPEG: JPEGs one after the other in a response that stays open, `multipart/x-mixed-replace` (RFC 2046, section 5.1).
 */

import { allocateForChunk } from './http-chunk.ts'

/** The media type of the whole, with its boundary. */
export const MULTIPART_JPEG = 'multipart/x-mixed-replace; boundary=frame'

const encoder = new TextEncoder()

/** Comes before the first part: some readers take what precedes a boundary for a part, others need it to begin at all. */
export const OPENING: Uint8Array = encoder.encode('--frame\r\n')

const CLOSING = encoder.encode('\r\n--frame\r\n')

/**
 * Encodes a part: its head, the JPEG and, directly behind it, the boundary of the next part, so that a reader who looks
 * for one has the picture as soon as it has arrived.
 * @param time when it was taken, ms since 1970: `X-Timestamp`, in seconds, as mjpg-streamer and µStreamer send it
 */
export function encodeJpegPart(jpeg: Uint8Array, time: number): Uint8Array {
  const head = encoder.encode(
    `Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\nX-Timestamp: ${(time / 1000).toFixed(6)}\r\n\r\n`,
  )
  const part = allocateForChunk(head.length + jpeg.length + CLOSING.length)
  part.set(head)
  part.set(jpeg, head.length)
  part.set(CLOSING, head.length + jpeg.length)
  return part
}

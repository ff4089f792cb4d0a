import type { ImageFrame } from '../../core/frame.ts'
import { encodeJpegPart } from '../../wire/multipart-jpeg.ts'
import { nextSerial, type WireMessage } from '../../wire/ws-frame.ts'

/** A frame as a part of an MJPEG stream, encoded once for all viewers. */
export function encodeMjpegFrame(frame: ImageFrame): WireMessage {
  return jpegMessage(frame.payload.bytes, timeOf(frame))
}

/** A JPEG as a message. @param time when it was taken, ms since 1970 */
export function jpegMessage(jpeg: Uint8Array, time: number): WireMessage {
  const part = encodeJpegPart(jpeg, time)
  const plain = [part]
  // A response has no pings: its window is opened by what TCP acknowledges.
  return { plain, probed: plain, bytes: part.length, serial: nextSerial() }
}

/** When the picture of a frame was taken or, if its source does not say so, received: ms since 1970. */
export function timeOf({ capturedAt, receivedAt }: ImageFrame): number {
  return capturedAt ?? receivedAt
}

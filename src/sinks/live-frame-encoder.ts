import type { Annotations } from '../core/annotations.ts'
import type { Frame } from '../core/frame.ts'
import type { Payload } from '../core/payload.ts'
import { ANNOTATION_TEXTS } from '../wire/annotation-fields.ts'
import { packedArrayOf } from '../wire/array-values.ts'
import { encodeImgHeader } from '../wire/img-message.ts'
import { isJson } from '../wire/json.ts'
import { sentText, withFields } from '../wire/json-text.ts'
import { type LiveFrameHeader, VALUES_TYPE } from '../wire/live-messages.ts'
import { pulseFieldsOf } from '../wire/pulse-fields.ts'
import { turnedAnnotations } from '../wire/turned-annotations.ts'
import { nextSerial, numberedBinaryMessage } from '../wire/ws-frame.ts'

/** Encodes a frame for `/ws/live`. */
export function encodeLiveFrame(frame: Frame) {
  const serial = nextSerial()
  const { fields, bytes } = payloadOf(frame.payload)
  const { metadata, metadataText } = frame
  const hasMetadata = Object.keys(metadata).length > 0
  const header: Omit<LiveFrameHeader, 'annotations' | 'metadata'> = {
    n: serial,
    ...frame.stream,
    id: frame.id,
    sequence: frame.sequence,
    received_at: frame.receivedAt,
    captured_at: frame.capturedAt,
    capture_clock: frame.captureClock,
    ...(frame.pulse && { pulse: pulseFieldsOf(frame.pulse) }),
    ...fields,
    width: frame.size.width,
    height: frame.size.height,
  }
  const sent = {
    annotations: frame.annotations && annotationsOf(turnedAnnotations(frame.annotations)),
    metadata: hasMetadata ? sentText(metadata, metadataText) : undefined,
  }
  return numberedBinaryMessage(serial, encodeImgHeader(header, sent), bytes)
}

/** A payload as it is: values are neither unpacked nor copied. */
function payloadOf(payload: Payload): {
  readonly fields: Pick<LiveFrameHeader, 'media_type' | 'colouring' | 'values'>
  readonly bytes: Uint8Array
} {
  if (payload.kind === 'image') {
    const { mediaType, colouring, bytes } = payload
    return { fields: { media_type: mediaType, colouring }, bytes }
  }
  const { type, shape, byteOrder, compression, quantisation, bytes } = packedArrayOf(payload)
  const values = { type, shape, byte_order: byteOrder, compression, quantisation }
  return { fields: { media_type: VALUES_TYPE, values }, bytes }
}

/** The annotations as JSON, each text that is JSON as it was sent; undefined if there are none. */
function annotationsOf(annotations: Annotations): string | undefined {
  const sent: Record<string, string> = {}
  for (const name of ANNOTATION_TEXTS) {
    const text = annotations[name]
    if (text !== '') sent[name] = isJson(text) ? text : JSON.stringify(text)
  }
  if (Object.keys(sent).length === 0) return undefined
  const { width, height } = annotations
  return withFields('{}', width && height ? { ...sent, width: `${width}`, height: `${height}` } : sent)
}

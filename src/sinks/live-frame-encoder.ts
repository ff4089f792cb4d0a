import type { Annotations } from '../core/annotations.ts'
import type { Frame, Metadata } from '../core/frame.ts'
import type { Payload } from '../core/payload.ts'
import { ANNOTATION_TEXTS } from '../wire/annotation-fields.ts'
import { packedArrayOf } from '../wire/array-values.ts'
import { encodeImgHeader } from '../wire/img-message.ts'
import { isJson } from '../wire/json.ts'
import { asSent, JsonText } from '../wire/json-text.ts'
import { type LiveFrameHeader, VALUES_TYPE } from '../wire/live-messages.ts'
import { pulseFieldsOf } from '../wire/pulse-fields.ts'
import { turnedAnnotations } from '../wire/turned-annotations.ts'
import { nextSerial, numberedBinaryMessage } from '../wire/ws-frame.ts'

/** Encodes a frame for `/ws/live`. */
export function encodeLiveFrame(frame: Frame) {
  const serial = nextSerial()
  const { fields, bytes } = payloadOf(frame.payload)
  const header: SentHeader = {
    n: serial,
    ...frame.stream,
    id: frame.id,
    sequence: frame.sequence,
    received_at: frame.receivedAt,
    captured_at: frame.capturedAt,
    ...(frame.pulse && { pulse: pulseFieldsOf(frame.pulse) }),
    ...fields,
    width: frame.size.width,
    height: frame.size.height,
    ...(frame.annotations && annotationsOf(turnedAnnotations(frame.annotations))),
    ...(Object.keys(frame.metadata).length > 0 && { metadata: asSent(frame.metadata, frame.metadataText) }),
  }
  return numberedBinaryMessage(serial, encodeImgHeader(header), bytes)
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

/** A header with the texts that were sent. */
type SentHeader = Omit<LiveFrameHeader, 'annotations' | 'metadata'> & SentAnnotations & { readonly metadata?: Sent }
type SentAnnotations = { readonly annotations?: Readonly<Record<string, Sent | number>> }
type Sent = JsonText | string | Metadata

function annotationsOf(annotations: Annotations): SentAnnotations {
  const fields: Record<string, Sent> = {}
  for (const name of ANNOTATION_TEXTS) {
    const text = annotations[name]
    if (text !== '') fields[name] = isJson(text) ? new JsonText(text) : text
  }
  if (Object.keys(fields).length === 0) return {}
  const { width, height } = annotations
  return { annotations: width && height ? { ...fields, width, height } : fields }
}

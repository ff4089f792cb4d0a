import type { Annotations } from '../core/annotations.ts'
import type { Frame } from '../core/frame.ts'
import type { Json } from '../core/json.ts'
import type { Payload } from '../core/payload.ts'
import { ANNOTATION_TEXTS } from '../wire/annotation-fields.ts'
import { packedArrayOf } from '../wire/array-values.ts'
import { encodeImgHeader } from '../wire/img-message.ts'
import { jsonOrText } from '../wire/json.ts'
import { type LiveFrameHeader, VALUES_TYPE } from '../wire/live-messages.ts'
import { pulseFieldsOf } from '../wire/pulse-fields.ts'
import { turnedAnnotations } from '../wire/turned-annotations.ts'
import { nextSerial, numberedBinaryMessage } from '../wire/ws-frame.ts'

/** Encodes a frame for `/ws/live`. */
export function encodeLiveFrame(frame: Frame) {
  const serial = nextSerial()
  const { fields, bytes } = payloadOf(frame.payload)
  const header: LiveFrameHeader = {
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
    ...(Object.keys(frame.metadata).length > 0 && { metadata: frame.metadata }),
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

function annotationsOf(annotations: Annotations): Pick<LiveFrameHeader, 'annotations'> {
  const fields: Record<string, Json> = {}
  for (const name of ANNOTATION_TEXTS) if (annotations[name] !== '') fields[name] = jsonOrText(annotations[name])
  if (Object.keys(fields).length === 0) return {}
  const { width, height } = annotations
  return { annotations: width && height ? { ...fields, width, height } : fields }
}

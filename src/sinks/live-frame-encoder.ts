import type { Annotations } from '../core/annotations.ts'
import type { ImageFrame } from '../core/frame.ts'
import type { Json } from '../core/json.ts'
import { ANNOTATION_TEXTS } from '../wire/annotation-fields.ts'
import { encodeImgHeader } from '../wire/img-message.ts'
import { jsonOrText } from '../wire/json.ts'
import type { LiveFrameHeader } from '../wire/live-messages.ts'
import { pulseFieldsOf } from '../wire/pulse-fields.ts'
import { nextSerial, numberedBinaryMessage } from '../wire/ws-frame.ts'

/** Encodes a frame for `/ws/live`. */
export function encodeLiveFrame(frame: ImageFrame) {
  const serial = nextSerial()
  const header: LiveFrameHeader = {
    n: serial,
    ...frame.stream,
    id: frame.id,
    sequence: frame.sequence,
    received_at: frame.receivedAt,
    captured_at: frame.capturedAt,
    ...(frame.pulse && { pulse: pulseFieldsOf(frame.pulse) }),
    media_type: frame.payload.mediaType,
    width: frame.size.width,
    height: frame.size.height,
    colouring: frame.payload.colouring,
    ...(frame.annotations && annotationsOf(frame.annotations)),
    ...(Object.keys(frame.metadata).length > 0 && { metadata: frame.metadata }),
  }
  return numberedBinaryMessage(serial, encodeImgHeader(header), frame.payload.bytes)
}

function annotationsOf(annotations: Annotations): Pick<LiveFrameHeader, 'annotations'> {
  const fields: Record<string, Json> = {}
  for (const name of ANNOTATION_TEXTS) if (annotations[name] !== '') fields[name] = jsonOrText(annotations[name])
  if (Object.keys(fields).length === 0) return {}
  const { width, height } = annotations
  return { annotations: width && height ? { ...fields, width, height } : fields }
}

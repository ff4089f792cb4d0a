import { ANNOTATION_TEXTS, type Annotations, type Frame, type Json } from '../core/frame.ts'
import { jsonOrText } from '../core/json.ts'
import { encodeImgHeader } from '../wire/img-message.ts'
import type { LiveFrameHeader } from '../wire/live.ts'
import { nextSerial, numberedBinaryMessage } from '../wire/ws-frame.ts'

/** A frame as `/ws/live` sends it. */
export function liveForm(frame: Frame) {
  const serial = nextSerial()
  const header: LiveFrameHeader = {
    n: serial,
    ...frame.stream,
    id: frame.id,
    sequence: frame.sequence,
    received_at: frame.receivedAt,
    captured_at: frame.capturedAt,
    media_type: frame.image.mediaType,
    width: frame.image.width,
    height: frame.image.height,
    ...annotationsOf(frame.annotations),
    ...(Object.keys(frame.metadata).length > 0 && { metadata: frame.metadata }),
  }
  return numberedBinaryMessage(serial, encodeImgHeader(header), frame.image.bytes)
}

function annotationsOf(annotations: Annotations): Pick<LiveFrameHeader, 'annotations'> {
  const fields: Record<string, Json> = {}
  for (const name of ANNOTATION_TEXTS) if (annotations[name] !== '') fields[name] = jsonOrText(annotations[name])
  if (Object.keys(fields).length === 0) return {}
  if (annotations.width > 0 && annotations.height > 0)
    return { annotations: { ...fields, width: annotations.width, height: annotations.height } }
  return { annotations: fields }
}

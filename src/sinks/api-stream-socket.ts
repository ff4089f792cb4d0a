import { IMAGES, type ImageFrame } from '../core/frame.ts'
import type { SocketHandler } from '../core/socket.ts'
import { warningLines } from '../wire/warnings.ts'
import { utf8Message } from '../wire/ws-frame.ts'
import { base64Picture } from './base64-picture.ts'
import { FrameSender, framesOf, type SinkParts } from './frame-sender.ts'

/** `WS /api/ws/stream/{label}/{key}`: every new frame of one camera as JSON (detection hub, first generation). */
export function apiStreamSocket(parts: SinkParts): SocketHandler {
  return (context) => {
    const { label = '', key = '' } = context.params
    const sender = new FrameSender(parts, context.socket, context.principal, {
      dialect: 'api-stream',
      accepts: IMAGES,
      confirmation: 'pong',
      messages: (viewer) => framesOf(viewer, encodeApiStreamFrame),
    })
    context.socket.listen(sender.listener)
    sender.viewer.watch(0, { label, key })
    if (sender.viewer.streams.length > 0) return
    context.socket.send('{"error":"No new data available"}')
    context.socket.close(1000, 'no such stream')
  }
}

function encodeApiStreamFrame(frame: ImageFrame) {
  const warnings = warningLines(frame.annotations?.warnings ?? '').join('\n') || NO_WARNING
  const head = `{"id":${JSON.stringify(frame.id)},"image":"`
  const tail = `","warnings":${JSON.stringify(warnings)}}`
  return utf8Message(encoder.encode(head), frame.encoded(base64Picture), encoder.encode(tail))
}

/** What its page shows where there is none: an empty text would leave the earlier warnings there. */
const NO_WARNING = 'No warning'
const encoder = new TextEncoder()

import { IMAGES, type ImageFrame } from '../core/frame.ts'
import type { SocketHandler } from '../core/socket.ts'
import { binaryMessage } from '../wire/ws-frame.ts'
import { encodeDetectionHubHeader } from './detection-hub-header.ts'
import { FrameSender, framesOf, type SinkParts } from './frame-sender.ts'

/** `WS /ws/labels/{label}`: pushes every new frame of a label's cameras (detection hub, second generation). */
export function labelsSocket(parts: SinkParts): SocketHandler {
  return (context) => {
    const { label = '' } = context.params
    const sender = new FrameSender(parts, context.socket, context.principal, {
      dialect: 'labels',
      accepts: IMAGES,
      confirmation: 'pong',
      messages: (viewer) => framesOf(viewer, encodeLabelsFrame),
    })
    context.socket.listen(sender.listener)
    sender.viewer.watch(0, { label })
    if (sender.viewer.streams.length > 0) return
    context.socket.send(JSON.stringify({ error: `No keys found for label '${label}'` }))
    context.socket.close(1000, 'no such label')
  }
}

function encodeLabelsFrame(frame: ImageFrame) {
  return binaryMessage(encodeDetectionHubHeader(frame, { key: frame.stream.key, id: frame.id }), frame.payload.bytes)
}

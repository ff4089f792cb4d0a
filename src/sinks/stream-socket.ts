import { IMAGES, type ImageFrame } from '../core/frame.ts'
import type { SocketHandler } from '../core/socket.ts'
import { binaryMessage } from '../wire/ws-frame.ts'
import { encodeDetectionHubHeader } from './detection-hub-header.ts'
import { FrameSender, framesOf, type SinkParts } from './frame-sender.ts'

/**
 * `WS /ws/stream/{label}/{key}`: one camera, on request (detection hub, second generation). A `pull` is answered with
 * the newest frame, or not at all if the last `pull` got that frame already.
 */
export function streamSocket(parts: SinkParts): SocketHandler {
  return (context) => {
    const { label = '', key = '' } = context.params
    // A pull that the link has no room for stays pending until it has; further pulls meanwhile change nothing.
    let isPulled = false
    const sender = new FrameSender(parts, context.socket, context.principal, {
      dialect: 'stream',
      accepts: IMAGES,
      confirmation: 'pong',
      messages(viewer) {
        const frames = framesOf(viewer, encodeStreamFrame)
        return {
          isWaiting: () => isPulled && frames.isWaiting(),
          next(now) {
            isPulled = false
            return frames.next(now)
          },
        }
      },
    })
    context.socket.listen({
      ...sender.listener,
      text(message) {
        const action = actionOf(message)
        if (action === 'pull') {
          isPulled = sender.viewer.isWaiting
          sender.pump()
        } else {
          context.socket.send(action === 'ping' ? '{"action":"pong"}' : '{"error":"unknown action"}')
        }
      },
      binary: () => context.socket.send('{"error":"unknown action"}'),
    })
    sender.viewer.watch(0, { label, key })
  }
}

function actionOf(message: string): unknown {
  try {
    const value: unknown = JSON.parse(message)
    return value !== null && typeof value === 'object' && 'action' in value ? value.action : undefined
  } catch {
    // Not JSON: an unknown action.
    return undefined
  }
}

function encodeStreamFrame(frame: ImageFrame) {
  return binaryMessage(encodeDetectionHubHeader(frame, { id: frame.id }), frame.payload.bytes)
}

import { IMAGES, type ImageFrame } from '../core/frame.ts'
import type { SocketHandler } from '../core/socket.ts'
import { binaryMessage } from '../wire/ws-frame.ts'
import { encodeDetectionHubHeader } from './detection-hub-header.ts'
import { FrameSender, framesOf, type SinkParts } from './frame-sender.ts'

/**
 * `WS /ws/stream/{label}/{key}`: one camera, on request (detection hub, second generation). A `pull` is answered with
 * the newest frame; if the last one got that already, it is held until the next frame comes.
 */
export function streamSocket(parts: SinkParts): SocketHandler {
  return (context) => {
    const { label = '', key = '' } = context.params
    // One pull is held, for a frame or for room on the link; further pulls meanwhile change nothing. Some clients pull ten
    // times a second, others wait for each answer.
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
            const next = frames.next(now)
            isPulled = typeof next !== 'object'
            return next
          },
        }
      },
    })
    context.socket.listen({
      ...sender.listener,
      text(message) {
        const action = actionOf(message)
        if (action === 'pull') {
          isPulled = true
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

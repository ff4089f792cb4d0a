import { IMAGES, type ImageFrame } from '../core/frame.ts'
import type { VisitHandler } from '../core/socket.ts'
import { encodeImgHeader } from '../wire/img-message.ts'
import { binaryMessage } from '../wire/ws-frame.ts'
import { hubHeader } from './hub-header.ts'
import { framesOf, Sender, type SinkParts } from './sender.ts'

/**
 * `WS /ws/stream/{label}/{key}`: one camera, pulled (detection hub, second generation). A pull is answered with the
 * newest frame, or with nothing at all if the last pull got it already.
 */
export function streamSocket(parts: SinkParts): VisitHandler {
  return (visit) => {
    const { label = '', key = '' } = visit.params
    // A pull that the link has no room for is kept until it has; pulls that come meanwhile are the same wish.
    let isPulled = false
    const sender = new Sender(parts, visit.socket, visit.principal, {
      dialect: 'stream',
      accepts: IMAGES,
      confirmation: 'pong',
      outlet(viewer) {
        const frames = framesOf(viewer, streamForm)
        return {
          isWaiting: () => isPulled && frames.isWaiting(),
          next(now) {
            isPulled = false
            return frames.next(now)
          },
        }
      },
    })
    visit.socket.listen({
      ...sender.listener,
      text(message) {
        const action = actionOf(message)
        if (action === 'pull') {
          isPulled = sender.viewer.isWaiting
          sender.pump()
        } else {
          visit.socket.send(action === 'ping' ? '{"action":"pong"}' : '{"error":"unknown action"}')
        }
      },
      binary: () => visit.socket.send('{"error":"unknown action"}'),
    })
    sender.viewer.watch(0, { label, key })
  }
}

function actionOf(message: string): unknown {
  try {
    const value: unknown = JSON.parse(message)
    return value !== null && typeof value === 'object' && 'action' in value ? value.action : undefined
  } catch {
    // Not JSON: no action that we know.
    return undefined
  }
}

function streamForm(frame: ImageFrame) {
  return binaryMessage(encodeImgHeader({ id: frame.id, ...hubHeader(frame) }), frame.payload.bytes)
}

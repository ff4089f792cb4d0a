import { IMAGES, type ImageFrame, isImageFrame } from '../core/frame.ts'
import type { SocketHandler } from '../core/socket.ts'
import type { Stream } from '../core/stream.ts'
import { textMessage, type WireMessage } from '../wire/ws-frame.ts'
import { base64Picture } from './base64-picture.ts'
import { FrameSender, type SinkParts } from './frame-sender.ts'

/**
 * `WS /api/ws/labels/{label}`: each message is JSON with the newest picture of every camera of a label, sent at most
 * `messagesPerSecond` times a second (detection hub, first generation; its page rebuilds the whole grid for each
 * message).
 */
export function apiLabelsSocket(parts: SinkParts & { readonly messagesPerSecond: number }): SocketHandler {
  const period = 1000 / parts.messagesPerSecond
  return (context) => {
    const { label = '' } = context.params
    let sentAt = Number.NEGATIVE_INFINITY
    const sender = new FrameSender(parts, context.socket, context.principal, {
      dialect: 'api-labels',
      accepts: IMAGES,
      confirmation: 'pong',
      messages: (viewer) => ({
        isWaiting: () => viewer.isWaiting,
        next(now) {
          if (now >= sentAt && now < sentAt + period) return sentAt + period
          sentAt = now
          let receivedAt = now
          // All new frames go into this one message.
          for (let due = viewer.next(now); typeof due === 'object'; due = viewer.next(now)) {
            due.counter.frames++
            due.counter.bytes += due.frame.byteLength
            receivedAt = Math.min(receivedAt, due.frame.receivedAt)
          }
          return { message: gridMessage(label, viewer.streams), receivedAt }
        },
      }),
    })
    context.socket.listen(sender.listener)
    // All streams before anything is sent: each message shows every camera, including the first one.
    sender.during(() => sender.viewer.watch(0, { label }))
    if (sender.viewer.streams.length > 0) return
    context.socket.send(JSON.stringify({ error: `No keys found for label '${label}'` }))
    context.socket.close(1000, 'no such label')
  }
}

/** The latest message of each label, by the label's first stream: viewers that are due at the same time share it. */
const grids = new WeakMap<Stream, { readonly frames: readonly ImageFrame[]; readonly message: WireMessage }>()

function gridMessage(label: string, streams: readonly Stream[]): WireMessage {
  const [first] = streams
  const frames = streams.flatMap(({ newest }) => (newest && isImageFrame(newest) ? newest : []))
  const known = first && grids.get(first)
  if (known && known.frames.length === frames.length && known.frames.every((frame, i) => frame === frames[i]))
    return known.message
  const images = frames.map((frame) => ({ key: frame.stream.key, image: frame.encoded(base64Picture) }))
  const message = textMessage(JSON.stringify({ label, images }))
  if (first) grids.set(first, { frames, message })
  return message
}

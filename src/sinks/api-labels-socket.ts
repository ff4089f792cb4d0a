import { IMAGES, type ImageFrame } from '../core/frame.ts'
import { codeUnitOrder } from '../core/name-order.ts'
import type { SocketHandler } from '../core/socket.ts'
import { FrameSender, type SinkParts } from './frame-sender.ts'
import { type GridMessage, LabelGrids } from './label-grid.ts'

/** What the route needs. */
export interface ApiLabelsParts extends SinkParts {
  /** The most messages a second for a viewer. */
  readonly messagesPerSecond: number
  /**
   * The largest message, in bytes; if the pictures of all cameras take more, they are sent in turn. A larger picture is
   * left out.
   */
  readonly maxMessageBytes: number
}

/**
 * `WS /api/ws/labels/{label}`: each message is JSON with the newest picture of every camera of a label, by name, sent at most
 * `messagesPerSecond` times a second (detection hub, first generation; its page rebuilds the whole grid for each
 * message). Large messages are sent less often: each second at most as many bytes as two of the largest have.
 */
export function apiLabelsSocket(parts: ApiLabelsParts): SocketHandler {
  const { messagesPerSecond, maxMessageBytes } = parts
  const shortestPeriod = 1000 / messagesPerSecond
  const bytesPerMs = (2 * maxMessageBytes) / 1000
  const grids = new LabelGrids(maxMessageBytes, (limit) => parts.counters.limited(limit))
  return (context) => {
    const { label = '' } = context.params
    let period = shortestPeriod
    /** The time slot of the last message: all viewers have the same slots, and so share their messages. */
    let slot = Number.NaN
    let last: GridMessage | undefined
    /** How many cameras' newest pictures it has not had yet, since they did not fit into the messages so far. */
    let missing = 0
    const close = grids.open(label)
    const sender = new FrameSender(parts, context.socket, context.principal, {
      dialect: 'api-labels',
      accepts: IMAGES,
      confirmation: 'pong',
      messages: (viewer) => ({
        isWaiting: () => viewer.isWaiting || missing > 0,
        next(now) {
          if (Math.floor(now / period) === slot) return (slot + 1) * period
          let receivedAt = now
          const isNew = viewer.isWaiting
          // All new frames go into this one message.
          for (let due = viewer.next(now); typeof due === 'object'; due = viewer.next(now)) {
            due.counter.frames++
            due.counter.bytes += due.frame.byteLength
            receivedAt = Math.min(receivedAt, due.frame.receivedAt)
          }
          const grid = grids.messageOf(label, viewer.newest.sort(byKey), missing > 0 ? last : undefined)
          missing = isNew ? grid.missing : Math.max(missing - grid.chosen, 0)
          last = grid
          period = Math.max(shortestPeriod, grid.bytes / bytesPerMs)
          slot = Math.floor(now / period)
          return { message: grid.message, receivedAt }
        },
      }),
    })
    const { listener } = sender
    context.socket.listen({
      ...listener,
      closed() {
        close()
        listener.closed?.()
      },
    })
    // All streams before anything is sent: each message shows every camera, including the first one.
    sender.during(() => sender.viewer.watch(0, { label }))
    if (sender.viewer.streams.length > 0) return
    context.socket.send(JSON.stringify({ error: `No keys found for label '${label}'` }))
    context.socket.close(1000, 'no such label')
  }
}

function byKey(one: ImageFrame, other: ImageFrame): number {
  return codeUnitOrder(one.stream.key, other.stream.key)
}

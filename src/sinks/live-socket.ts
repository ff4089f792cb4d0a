import { Refusal } from '../core/errors.ts'
import type { EventLog } from '../core/event-log.ts'
import { IMAGES_OR_VALUES } from '../core/frame.ts'
import type { SocketHandler } from '../core/socket.ts'
import type { Stream } from '../core/stream.ts'
import { readColouring } from '../wire/colouring-query.ts'
import type { LiveNotice, LiveRequest, LiveStream } from '../wire/live-messages.ts'
import { readLiveRequest, requestIdOf } from '../wire/live-request.ts'
import { FrameSender, framesOf, type SinkParts } from './frame-sender.ts'
import { LiveEvents } from './live-events.ts'
import { encodeLiveFrame } from './live-frame-encoder.ts'

/** What `/ws/live` needs. */
export interface LiveSocketParts extends SinkParts {
  readonly version: string
  readonly events: EventLog
  /** The maximum number of watches of one connection, of streams and of events. */
  readonly maxWatches: number
}

/**
 * `WS /ws/live`: any number of streams, and events, on one connection, with flow control of pictures by credits
 * (docs/wire.md).
 */
export function liveSocket(parts: LiveSocketParts): SocketHandler {
  return ({ socket, principal, basePath, refused }) => {
    const notify = (notice: LiveNotice) => socket.send(JSON.stringify(notice))
    const sender = new FrameSender(parts, socket, principal, {
      dialect: 'live',
      accepts: IMAGES_OR_VALUES,
      confirmation: 'credit',
      messages: (viewer) => framesOf(viewer, encodeLiveFrame),
      tellChanges(viewer) {
        // Only while the kernel takes them: pending changes are coalesced, not queued.
        while (socket.isDrained) {
          const change = viewer.takeChange()
          if (!change) break
          notify({ type: 'stream', event: change.kind, stream: describe(change.stream) })
        }
        // Of arrays there is no original to be sent instead.
        while (socket.isDrained) {
          const refused = viewer.takeRefusal()
          if (!refused) return
          const { number: id, refusal } = refused
          notify({ type: 'error', code: refusal.code, message: refusal.message, id })
        }
      },
    })
    const { viewer } = sender
    const events = new LiveEvents(parts, socket, principal, basePath)
    socket.listen({
      // Pictures first: a late one is wrong, and events can wait. Their turn comes when pictures wait for credits.
      drained() {
        sender.pump()
        events.pump()
      },
      closed() {
        viewer.close()
        events.close()
      },
      text(message) {
        const receivedAt = parts.clock.now()
        try {
          const request = readLiveRequest(message)
          if (request.type === 'credit') {
            // However many frames are sent, confirming them costs nothing.
            if (sender.confirm(request.n)) socket.charge(-1)
          } else if (request.type === 'clock')
            notify({ type: 'clock', t0: request.t0, t1: receivedAt, t2: parts.clock.now() })
          else {
            sender.during(() => answer(request))
            socket.holds(viewer.watchCount * WATCH_BYTES + events.weight)
          }
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          refused(error)
          const id = requestIdOf(message)
          notify({ type: 'error', code: error.code, message: error.message, ...(id === undefined ? {} : { id }) })
        }
      },
      binary: () => notify({ type: 'error', code: 'invalid', message: 'message: must be a text' }),
    })
    notify({ type: 'hello', protocol: 1, version: parts.version, now: parts.clock.now() })

    function answer(request: Exclude<LiveRequest, { type: 'credit' | 'clock' }>): void {
      const { id } = request
      if (request.type === 'unwatch') {
        socket.charge(viewer.unwatch(id) / STREAMS_PER_MESSAGE)
        notify({ type: 'unwatched', id })
      } else if (request.type === 'unfollow') events.unfollow(id)
      else if (request.type === 'follow') {
        if (!events.has(id)) checkCount()
        events.follow(request)
      } else {
        if (!viewer.hasWatch(id)) checkCount()
        const { label, key, max_fps: maxFps, width, values, compression } = request
        const demand = { maxFps, width, colouring: readColouring(request), values, compression }
        const { streams, visited } = viewer.watch(id, { label, key, ...demand })
        socket.charge(visited / STREAMS_PER_MESSAGE)
        notify({ type: 'watching', id, streams: streams.map(describe) })
      }
    }

    /** Whether one more watch or follow is allowed. */
    function checkCount(): void {
      if (viewer.watchCount + events.count < parts.maxWatches) return
      throw new Refusal('exhausted', `at most ${parts.maxWatches} watches on one connection (limits.watches)`, {
        limit: 'limits.watches',
      })
    }
  }
}

/** What a watch takes in memory, with the longest names. */
const WATCH_BYTES = 1024

/** Selecting so many streams is as much work as a message. */
const STREAMS_PER_MESSAGE = 10

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms)
}

/** Of what starts with the next frame, nothing from before is told. */
function lastFrameAt({ newest, remembered, start }: Stream): number | undefined {
  return newest?.receivedAt ?? (start === 'newest' ? remembered?.lastSeenAt : undefined)
}

function describe(stream: Stream): LiveStream {
  const { label, key } = stream.name
  const { names } = stream.warnings
  return {
    label,
    key,
    state: stream.state,
    reason: stream.state === 'live' ? undefined : stream.condition.reason,
    since: stream.since,
    undecodable: stream.undecodable,
    start: stream.start === 'newest' ? undefined : stream.start,
    last_frame_at: lastFrameAt(stream),
    interval: rounded(stream.interval),
    unchanged: stream.state === 'live' ? stream.stillness : undefined,
    warnings: names.length > 0 ? names : undefined,
  }
}

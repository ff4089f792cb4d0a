import type { Clock } from './clock.ts'
import type { Json } from './frame.ts'
import { type FrameId, nextFrameId } from './frame-id.ts'
import type { Log } from './log.ts'
import { authorize, authorizeAny, type Principal } from './principal.ts'
import { may } from './rights.ts'

/** How much an event matters, from the least. */
export const PRIORITIES = ['LOW', 'NORMAL', 'HIGH', 'CRITICAL'] as const

/** How much an event matters. */
export type Priority = (typeof PRIORITIES)[number]

/** The id of an event: of the same form as those of frames, rising within the log. */
export type EventId = FrameId

/** Something that happened. Its label and key say what it belongs to, and so who may see it. */
export interface EventInput {
  /** "webhook.gate", "DOORBELL_PRESSED" … */
  readonly type: string
  /** What it came from or in through, for people: "webhook", "front door". */
  readonly source: string
  /** NORMAL if left out. */
  readonly priority?: Priority | undefined
  /** Without it the event is the administrators' alone. */
  readonly label?: string | undefined
  /** Only with a label. */
  readonly key?: string | undefined
  readonly data: Json
}

/** An event that the log has taken. Never changes. */
export interface LoggedEvent extends EventInput {
  readonly id: EventId
  /** ms since 1970, this server's clock. */
  readonly timestamp: number
  readonly priority: Priority
}

/** The part of the log that a reader asks for. */
export interface EventRange {
  /** What came after this id, the oldest first. Without it the newest that are kept, in their order. */
  readonly after?: string | undefined
  /** How many at most. */
  readonly limit?: number | undefined
}

/** Where events may be missing from what a reader knows: its place has left the log, or was never in it. */
export interface EventGap {
  /** The id that the reader gave. */
  readonly missed_from: string
  /** Of all that came after this id nothing is missing. */
  readonly missed_to: EventId
}

/** What a reader gets. */
export interface EventReading {
  readonly events: LoggedEvent[]
  readonly gap?: EventGap
}

/** Settings of the log. */
export interface EventLogParts {
  readonly clock: Clock
  readonly log: Log
  /** How many of the newest events are kept at hand. */
  readonly size: number
}

/**
 * What happened, in order; none is lost between two readings, or the reader is told. A reader is a cursor, the id of
 * the last event it saw: nothing is kept for it. `read` and `listen` called in one go leave nothing out between them.
 */
export class EventLog {
  readonly #clock: Clock
  readonly #log: Log
  readonly #size: number
  readonly #events: LoggedEvent[] = []
  readonly #listeners = new Set<(event: LoggedEvent) => void>()
  /** All that came after this id is kept. Of what was before the log began nothing is known. */
  #floor: EventId
  #last: EventId

  constructor({ clock, log, size }: EventLogParts) {
    this.#clock = clock
    this.#log = log
    this.#size = size
    this.#floor = nextFrameId(undefined, clock.now())
    this.#last = this.#floor
  }

  /**
   * Takes an event and tells those who listen.
   * @throws Refusal `forbidden` if the principal may not publish what the event belongs to
   */
  async append(principal: Principal, input: EventInput): Promise<LoggedEvent> {
    authorize(principal, 'publish', input)
    const now = this.#clock.now()
    const id = nextFrameId(this.#last, now)
    const event = { ...input, id, timestamp: now, priority: input.priority ?? 'NORMAL' }
    this.#last = id
    this.#events.push(event)
    if (this.#events.length > this.#size) this.#floor = this.#events.shift()?.id ?? this.#floor
    for (const tell of [...this.#listeners]) tell(event)
    return event
  }

  /**
   * The events that the principal may see. An id that is not known here (of a log that was restarted or trimmed, or of
   * another) is no place to go on from: all that is kept is given then, and the gap.
   * @throws Refusal `forbidden` if it may see nothing at all
   */
  read(principal: Principal, { after, limit = this.#size }: EventRange = {}): EventReading {
    authorizeAny(principal, 'view')
    const visible = (events: LoggedEvent[]) => events.filter((event) => may(principal, 'view', event))
    if (after === undefined) return { events: visible(this.#events).slice(-limit) }
    const place = after === this.#floor ? -1 : this.#events.findLastIndex(({ id }) => id === after)
    const events = visible(this.#events.slice(place + 1)).slice(0, limit)
    if (place >= 0 || after === this.#floor) return { events }
    return { events, gap: { missed_from: after, missed_to: this.#floor } }
  }

  /**
   * Calls `hear` at once with each new event that the principal may see, until the function returned is called or the
   * principal has ended.
   * @throws Refusal `forbidden` if it may see nothing at all
   */
  listen(principal: Principal, hear: (event: LoggedEvent) => void): () => void {
    authorizeAny(principal, 'view')
    const tell = (event: LoggedEvent) => {
      if (!may(principal, 'view', event)) return
      try {
        hear(event)
      } catch (error) {
        // The event is in the log, and the other listeners are still to hear of it.
        this.#log.error({ err: error, event: event.id }, 'a listener failed at an event')
      }
    }
    const stop = () => {
      this.#listeners.delete(tell)
      principal.ended.removeEventListener('abort', stop)
    }
    this.#listeners.add(tell)
    principal.ended.addEventListener('abort', stop)
    return stop
  }
}

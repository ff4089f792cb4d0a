import { every } from '../core/clock.ts'
import type { Connection } from '../core/connection.ts'
import { Refusal } from '../core/errors.ts'
import { Quota, type QuotaBound, type QuotaRules } from '../core/quota.ts'
import { SlicedWalk } from '../core/sliced-walk.ts'
import { doorbellMessage, seconds } from '../wire/doorbell-event.ts'
import { EventStream, type EventStreamParts, type EventStreamReader } from './event-stream.ts'

/** What all event streams together need. */
export interface EventStreamsParts extends EventStreamParts {
  /** How many may be open at once, and how many of one client. */
  readonly places: QuotaRules
  /** How many events are at hand in memory, for the status. */
  readonly bufferSize: number
}

/** All event streams of the doorbell, which share one heartbeat. */
export class EventStreams {
  readonly parts: EventStreamsParts
  readonly #places: Quota
  readonly #open = new Set<EventStream>()
  readonly #beating: SlicedWalk<EventStream>
  #heartbeat: Uint8Array = new Uint8Array()
  #stopBeating: (() => void) | undefined
  #sent = 0

  constructor(parts: EventStreamsParts) {
    this.parts = parts
    this.#places = new Quota(parts.places)
    this.#beating = new SlicedWalk({ ...parts, items: this.#open, visit: (stream) => stream.beat(this.#heartbeat) })
  }

  /** How they are, in the doorbell's words: how many are open, how many events were sent to all clients together. */
  get status() {
    return {
      streaming_status: 'running',
      active_connections: this.#open.size,
      events_streamed: this.#sent,
      buffer_size: this.parts.bufferSize,
      events_stored: this.parts.events.health().isHealthy,
    } as const
  }

  /**
   * Serves a client on a connection until that is closed.
   * @throws Refusal `forbidden` when the reader may see nothing at all, `limited` or `exhausted` when there is no place
   *   for it; nothing was written then
   */
  open(reader: EventStreamReader, connection: Connection): void {
    const { client, isPrivileged } = reader.owner
    const bound = this.#places.exceeds(client, 1, isPrivileged)
    if (bound) throw placeRefusal(bound)
    this.#open.add(new EventStream(this, reader, connection))
    this.#places.add(client, 1)
    this.#stopBeating ??= every(this.parts.clock, this.parts.heartbeat, () => this.#beat())
  }

  /** For the streams. */
  sent(events: number): void {
    this.#sent += events
  }

  /** For the streams. */
  closed(stream: EventStream): void {
    if (!this.#open.delete(stream)) return
    this.#places.give(stream.client, 1)
    if (this.#open.size > 0) return
    this.#stopBeating?.()
    this.#stopBeating = undefined
  }

  #beat(): void {
    this.#heartbeat = Buffer.from(doorbellMessage('heartbeat', { timestamp: seconds(this.parts.clock.now()) }))
    this.#beating.start()
  }
}

/**
 * The refusal where a bound of the places for readers of events (`streaming.max_connections`) is reached; its text
 * begins as the contract has it.
 */
export function placeRefusal(bound: QuotaBound): Refusal {
  const full = 'Max connections reached'
  switch (bound) {
    case 'share': {
      const limit = 'streaming.connections_per_client'
      return new Refusal('limited', `${full} for one client (${limit})`, { limit })
    }
    case 'open': {
      const limit = 'streaming.reserved_percent'
      return new Refusal('exhausted', `${full}; those left are for admins and publishers (${limit})`, { limit })
    }
    case 'max':
      return new Refusal('exhausted', full, { limit: 'streaming.max_connections' })
  }
}

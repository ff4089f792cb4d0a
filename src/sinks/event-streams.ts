import { every } from '../core/clock.ts'
import type { Connection } from '../core/connection.ts'
import { SlicedWalk } from '../core/sliced-walk.ts'
import { doorbellMessage, seconds } from '../wire/doorbell-event.ts'
import { EventStream, type EventStreamParts, type EventStreamReader } from './event-stream.ts'

/** All event streams of the doorbell, which share one heartbeat. */
export class EventStreams {
  readonly parts: EventStreamParts
  readonly #open = new Set<EventStream>()
  readonly #beating: SlicedWalk<EventStream>
  #heartbeat: Uint8Array = new Uint8Array()
  #stopBeating: (() => void) | undefined
  #sent = 0

  constructor(parts: EventStreamParts) {
    this.parts = parts
    this.#beating = new SlicedWalk({ ...parts, items: this.#open, visit: (stream) => stream.beat(this.#heartbeat) })
  }

  /** How many are open. */
  get count(): number {
    return this.#open.size
  }

  /** How many events were sent, to all clients together. */
  get eventsSent(): number {
    return this.#sent
  }

  /**
   * Serves a client on a connection until that is closed.
   * @throws Refusal `forbidden` when the reader may see nothing at all; nothing was written then
   */
  open(reader: EventStreamReader, connection: Connection): void {
    this.#open.add(new EventStream(this, reader, connection))
    this.#stopBeating ??= every(this.parts.clock, this.parts.heartbeat, () => this.#beat())
  }

  /** For the streams. */
  sent(events: number): void {
    this.#sent += events
  }

  /** For the streams. */
  closed(stream: EventStream): void {
    this.#open.delete(stream)
    if (this.#open.size > 0) return
    this.#stopBeating?.()
    this.#stopBeating = undefined
  }

  #beat(): void {
    this.#heartbeat = Buffer.from(doorbellMessage('heartbeat', { timestamp: seconds(this.parts.clock.now()) }))
    this.#beating.start()
  }
}

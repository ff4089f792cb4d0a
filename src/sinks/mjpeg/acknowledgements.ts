import type { Connection } from '../../core/connection.ts'
import type { WireMessage } from '../../wire/ws-frame.ts'
import type { PlainMessage, SinkParts } from '../frame-sender.ts'

/** What asking for acknowledgements needs; times in ms. */
export interface AcknowledgementParts extends Pick<SinkParts, 'clock' | 'counters'> {
  /** How long a reader may take nothing of what was sent to it. */
  readonly unreadAfter: number
}

/** Who is told what has arrived. */
export interface AcknowledgementListener {
  confirm(serial: number | undefined): boolean
  pump(): void
}

/**
 * Confirms the messages of a connection whose peer cannot, by what TCP says has arrived. The system is asked only while
 * something waits for it, and seldom while its answer is always that all has arrived: asking costs about as much as sending
 * (`http/transport/send-queues.ts`). Where it does not tell, everything counts as arrived, and only backpressure holds back.
 * Ends the connection of a peer that takes nothing.
 */
export class Acknowledgements {
  readonly #parts: AcknowledgementParts
  readonly #connection: Connection
  readonly #listener: AcknowledgementListener
  /** What was sent and is not confirmed, with the number of bytes up to its end. */
  #pending: { readonly end: number; readonly serial: number }[] = []
  #written = 0
  #arrived = 0
  /** Since when nothing has arrived that was asked for; monotonic. */
  #since: number | undefined
  #isAsking = false
  /** How often in a row all had arrived. */
  #allArrived = 0
  /** Until when all counts as arrived without asking; monotonic. */
  #trustedUntil = 0

  constructor(parts: AcknowledgementParts, connection: Connection, listener: AcknowledgementListener) {
    this.#parts = parts
    this.#connection = connection
    this.#listener = listener
  }

  /** A message is about to be written. @returns what to write: what counts as arrived needs no confirmation */
  sent(message: WireMessage): WireMessage | PlainMessage {
    const { serial, bytes } = message
    this.#written += bytes
    if (this.#parts.clock.monotonic() < this.#trustedUntil) return plainOf(message)
    this.#pending.push({ end: this.#written, serial })
    return message
  }

  /** The kernel did not take all at once: the link is not as good as it was. */
  distrust(): void {
    this.#allArrived = 0
    this.#trustedUntil = 0
  }

  /** Asks what has arrived, and tells the listener. */
  ask(): void {
    if (this.#isAsking) return
    this.#isAsking = true
    void this.#ask()
  }

  async #ask(): Promise<void> {
    const written = this.#written
    const unacknowledged = await this.#connection.unacknowledged?.()
    this.#isAsking = false
    const arrived = written - (unacknowledged ?? 0)
    this.#heed(unacknowledged)
    if (!this.#isUnread(arrived)) this.#confirm(arrived)
  }

  /** Trusts that all arrives where it always has. */
  #heed(unacknowledged: number | undefined): void {
    this.#allArrived = unacknowledged === 0 ? this.#allArrived + 1 : 0
    if (this.#allArrived < TRUST_AFTER) return
    const trust = Math.min(FIRST_TRUST_MS * 2 ** (this.#allArrived - TRUST_AFTER), MOST_TRUST_MS)
    // For all connections until the same times, so that one reading answers them all.
    this.#trustedUntil = (Math.floor(this.#parts.clock.monotonic() / trust) + 1) * trust
    this.#since = undefined
  }

  /** Whether nothing was read for too long: then the connection is ended. */
  #isUnread(arrived: number): boolean {
    const { clock, counters, unreadAfter } = this.#parts
    const now = clock.monotonic()
    if (arrived > this.#arrived) this.#since = undefined
    this.#arrived = arrived
    this.#since ??= now
    if (now - this.#since < unreadAfter) return false
    counters.limited('http.answer_timeout_s')
    this.#connection.end('failure', 'nothing was read for too long')
    return true
  }

  #confirm(arrived: number): void {
    const confirmed = this.#pending.filter(({ end }) => end <= arrived)
    this.#pending = this.#pending.filter(({ end }) => end > arrived)
    for (const { serial } of confirmed) this.#listener.confirm(serial)
    // It asks again if something still waits.
    if (confirmed.length > 0) this.#listener.pump()
    else this.#parts.clock.after(AGAIN_MS, () => this.#listener.pump())
  }
}

/** A message without its serial number. */
function plainOf(message: WireMessage): PlainMessage {
  const known = PLAIN.get(message)
  if (known) return known
  const plain = { plain: message.plain, bytes: message.bytes }
  PLAIN.set(message, plain)
  return plain
}

const PLAIN = new WeakMap<WireMessage, PlainMessage>()

/** How soon the system is asked again that had nothing new, ms; it has a pace of its own. */
const AGAIN_MS = 10

/**
 * From so many answers in a row on that all has arrived, it counts as arrived for a while, and for twice as long with each
 * further answer. A link that is just too slow has room now and then, and does with a little trust what it cannot do with more.
 */
const TRUST_AFTER = 6
const FIRST_TRUST_MS = 50
const MOST_TRUST_MS = 1000

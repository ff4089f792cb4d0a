import type { Connection } from '../../core/connection.ts'
import type { WireMessage } from '../../wire/ws-frame.ts'
import type { SinkParts } from '../frame-sender.ts'

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
 * something waits for it; where it does not tell, everything counts as arrived, and only backpressure holds back. Ends the
 * connection of a peer that takes nothing.
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

  constructor(parts: AcknowledgementParts, connection: Connection, listener: AcknowledgementListener) {
    this.#parts = parts
    this.#connection = connection
    this.#listener = listener
  }

  /** A message is about to be written. */
  sent({ serial, bytes }: WireMessage): void {
    this.#written += bytes
    this.#pending.push({ end: this.#written, serial })
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
    this.#learn(written - (unacknowledged ?? 0))
  }

  #learn(arrived: number): void {
    const { clock, counters, unreadAfter } = this.#parts
    const now = clock.monotonic()
    if (arrived > this.#arrived) this.#since = undefined
    this.#arrived = arrived
    this.#since ??= now
    if (now - this.#since >= unreadAfter) {
      counters.limited('http.answer_timeout_s')
      this.#connection.end('failure', 'nothing was read for too long')
      return
    }
    const confirmed = this.#pending.filter(({ end }) => end <= arrived)
    this.#pending = this.#pending.filter(({ end }) => end > arrived)
    for (const { serial } of confirmed) this.#listener.confirm(serial)
    // It asks again if something still waits.
    if (confirmed.length > 0) this.#listener.pump()
    else clock.after(AGAIN_MS, () => this.#listener.pump())
  }
}

/** How soon the system is asked again that had nothing new, ms; it has a pace of its own. */
const AGAIN_MS = 10

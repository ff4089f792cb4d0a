import { randomUUID } from 'node:crypto'
import type { AuditEntry, AuditQuery, AuditStore, KeptAuditEntry } from '../core/audit-store.ts'
import { type Clock, every } from '../core/clock.ts'
import type { Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { RateLimiter } from '../core/rate-limiter.ts'
import { SerialQueue } from '../core/serial-queue.ts'

/** Who does something, and from where. */
export interface AuditActor {
  /** A name: of a user, a key, a link; "command line". */
  readonly who: string
  /** An IP address, or "this machine". */
  readonly address: string
}

/** Something to be kept of what somebody did. */
export interface AuditedAction {
  /** A dotted word, "user.add". */
  readonly action: string
  readonly target?: string
  readonly outcome?: AuditEntry['outcome']
  /** Why, in a sentence. Never a password, key or token. */
  readonly detail?: string
}

/**
 * The audit trail (audit log): keeps who did what. It is written once a second, all in one go, and the same thing that
 * happens again within that time becomes a count. Of what was refused or failed only so much a minute is written one by
 * one, and so much kept in all: whoever knocks a thousand times a second fills neither the disk nor the day.
 */
export class AuditTrail {
  readonly #store: AuditStore
  readonly #clock: Clock
  readonly #log: Log
  readonly #keep: number
  readonly #bad: RateLimiter
  #waiting = new Map<string, AuditEntry>()
  #cancelWrite: (() => void) | undefined
  readonly #cancelPurge: () => void
  readonly #writes = new SerialQueue()
  #purged = Promise.resolve()
  #isClosed = false

  /** @param keep how long entries are kept, ms */
  constructor(parts: { store: AuditStore; clock: Clock; log: Log; keep: number }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#log = parts.log
    this.#keep = parts.keep
    this.#bad = new RateLimiter({ amount: MOST_BAD, period: 60_000 }, parts.clock)
    const purge = () => {
      this.#purged = this.#store
        .forget({ before: this.#clock.now() - this.#keep, mostBad: MOST_BAD_KEPT })
        .catch((error) => this.#log.error({ err: error }, 'old entries of the audit trail could not be removed'))
    }
    purge()
    this.#cancelPurge = every(this.#clock, PURGE_MS, purge)
  }

  /** Notes what somebody did, and logs it. */
  note({ who, address }: AuditActor, { action, target = '', outcome = 'ok', detail = '' }: AuditedAction): void {
    // Each kind for itself: a flood of requests hides no guessing of passwords.
    const isFlood = outcome !== 'ok' && this.#bad.take(action) > 0
    const entry = isFlood
      ? { who: '', action, target: '', address: '', outcome, detail: FLOOD }
      : { who: cut(who), action, target: cut(target), address, outcome, detail: cut(detail) }
    const same = JSON.stringify(entry)
    const known = this.#waiting.get(same)
    if (known) {
      this.#waiting.set(same, { ...known, count: known.count + 1 })
      return
    }
    if (outcome === 'ok') this.#log.info(entry, 'audit')
    else this.#log.warn(entry, 'audit')
    this.#waiting.set(same, { ...entry, at: this.#clock.now(), count: 1 })
    this.#cancelWrite ??= this.#clock.after(WRITE_MS, () => void this.flush())
  }

  /** Notes that somebody was refused, so that nobody else does. @returns the refusal, to be thrown */
  noteRefusal(actor: AuditActor, audited: AuditedAction, refusal: Refusal): Refusal {
    this.note(actor, audited)
    refusal.isAudited = true
    return refusal
  }

  /** The newest entries that fit, written or not. */
  async entries(query: AuditQuery): Promise<KeptAuditEntry[]> {
    await this.flush()
    return this.#store.entries(query)
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    this.#cancelWrite?.()
    this.#cancelWrite = undefined
    const entries = [...this.#waiting.values()]
    this.#waiting = new Map()
    return this.#writes.run(() => this.#write(entries))
  }

  async #write(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return
    try {
      await this.#store.addEntries(entries)
    } catch (error) {
      this.#log.error({ err: error }, 'the audit trail could not be written; it is tried again')
      // Before those that came meanwhile. Of very many the oldest are given up: memory is finite.
      const all = [...entries.map((entry): [string, AuditEntry] => [randomUUID(), entry]), ...this.#waiting]
      this.#waiting = new Map(all.slice(-MOST_KEPT))
      if (!this.#isClosed) this.#cancelWrite ??= this.#clock.after(WRITE_MS, () => void this.flush())
    }
  }

  /** Writes what waits, and stops. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelPurge()
    await this.#purged
    await this.flush()
  }
}

const WRITE_MS = 1000
/** Entries that wait while they cannot be written. */
const MOST_KEPT = 10_000
const PURGE_MS = 3_600_000
/** How much of each kind that was refused or failed is written one by one within a minute. */
const MOST_BAD = 300
/** How much of it is kept in all, the latest: some 150 MB. */
const MOST_BAD_KEPT = 500_000
const FLOOD = 'more than is written down one by one'
const MOST_CHARACTERS = 300

/** Whoever reads it, on a terminal too, sees what is written and nothing else. */
function cut(text: string): string {
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text
  return short.replace(UNSEEN, '\ufffd')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

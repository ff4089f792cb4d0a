import { randomUUID } from 'node:crypto'
import type { AuditEntry, AuditQuery, AuditStore, StoredAuditEntry } from '../core/audit-store.ts'
import { type Clock, every } from '../core/clock.ts'
import type { Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { RateLimiter } from '../core/rate-limiter.ts'
import { SerialQueue } from '../core/serial-queue.ts'

/** Who does something, and from where. */
export interface AuditActor {
  /** Name of a user, key or link, or "command line". */
  readonly who: string
  /** An IP address, or "this machine". */
  readonly address: string
}

/** An action to be recorded. */
export interface AuditedAction {
  /** A dotted name, such as "user.add". */
  readonly action: string
  readonly target?: string
  readonly outcome?: AuditEntry['outcome']
  /** Why, in a sentence. Never a password, key or token. */
  readonly detail?: string
}

/**
 * The audit trail (audit log): records who did what. Entries are written once a second in one batch; identical ones
 * within that time become a count. Refused and failed actions are limited in rate and in total, so that a flood of
 * requests fills neither the disk nor the trail.
 */
export class AuditTrail {
  readonly #store: AuditStore
  readonly #clock: Clock
  readonly #log: Log
  readonly #keep: number
  readonly #bad: RateLimiter
  #pending = new Map<string, AuditEntry>()
  #cancelWrite: (() => void) | undefined
  readonly #cancelPurge: () => void
  readonly #writes = new SerialQueue()
  #purged = Promise.resolve()
  #isClosed = false

  /** @param parts.keep how long entries are kept, ms */
  constructor(parts: { store: AuditStore; clock: Clock; log: Log; keep: number }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#log = parts.log
    this.#keep = parts.keep
    this.#bad = new RateLimiter({ amount: MAX_BAD_PER_MINUTE, period: 60_000 }, parts.clock)
    const purge = () => {
      this.#purged = this.#store
        .forget({ before: this.#clock.now() - this.#keep, mostBad: MAX_BAD_KEPT })
        .catch((error) => this.#log.error({ err: error }, 'old entries of the audit trail could not be removed'))
    }
    purge()
    this.#cancelPurge = every(this.#clock, PURGE_MS, purge)
  }

  /** Records an action, and logs it. */
  note({ who, address }: AuditActor, { action, target = '', outcome = 'ok', detail = '' }: AuditedAction): void {
    // Limited for each action separately: a flood of requests must not hide password guessing.
    const isOverLimit = outcome !== 'ok' && this.#bad.take(action) > 0
    const entry = isOverLimit
      ? { who: '', action, target: '', address: '', outcome, detail: NOT_RECORDED }
      : { who: sanitized(who), action, target: sanitized(target), address, outcome, detail: sanitized(detail) }
    const same = JSON.stringify(entry)
    const known = this.#pending.get(same)
    if (known) {
      this.#pending.set(same, { ...known, count: known.count + 1 })
      return
    }
    if (outcome === 'ok') this.#log.info(entry, 'audit')
    else this.#log.warn(entry, 'audit')
    this.#pending.set(same, { ...entry, at: this.#clock.now(), count: 1 })
    this.#cancelWrite ??= this.#clock.after(WRITE_MS, () => void this.flush())
  }

  /** Records a refusal and marks it as audited, so that it is not recorded twice. @returns the refusal, to be thrown */
  noteRefusal(actor: AuditActor, audited: AuditedAction, refusal: Refusal): Refusal {
    this.note(actor, audited)
    refusal.isAudited = true
    return refusal
  }

  /** The newest entries that match the query, including those not yet written. */
  async entries(query: AuditQuery): Promise<StoredAuditEntry[]> {
    await this.flush()
    return this.#store.entries(query)
  }

  /** Writes pending entries. */
  flush(): Promise<void> {
    this.#cancelWrite?.()
    this.#cancelWrite = undefined
    const entries = [...this.#pending.values()]
    this.#pending = new Map()
    return this.#writes.run(() => this.#write(entries))
  }

  async #write(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return
    try {
      await this.#store.addEntries(entries)
    } catch (error) {
      this.#log.error({ err: error }, 'the audit trail could not be written; it is tried again')
      // They go before the entries added meanwhile. If there are too many the oldest are dropped, to bound memory.
      const all = [...entries.map((entry): [string, AuditEntry] => [randomUUID(), entry]), ...this.#pending]
      this.#pending = new Map(all.slice(-MAX_PENDING))
      if (!this.#isClosed) this.#cancelWrite ??= this.#clock.after(WRITE_MS, () => void this.flush())
    }
  }

  /** Writes pending entries, and stops. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelPurge()
    await this.#purged
    await this.flush()
  }
}

const WRITE_MS = 1000
/** The maximum number of pending entries while they cannot be written. */
const MAX_PENDING = 10_000
const PURGE_MS = 3_600_000
/** How many refused or failed actions of each kind are recorded individually within a minute. */
const MAX_BAD_PER_MINUTE = 300
/** How many of them are kept in all, the latest ones: some 150 MB. */
const MAX_BAD_KEPT = 500_000
const NOT_RECORDED = 'more than is written down one by one'
const MAX_CHARACTERS = 300

/** Truncates a text and replaces control characters, so that a terminal cannot be manipulated by it (log injection). */
function sanitized(text: string): string {
  const short = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text
  return short.replace(CONTROL_CHARACTERS, '\ufffd')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

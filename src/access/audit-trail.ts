import type { AuditEntry, AuditQuery, AuditStore, StoredAuditEntry } from '../core/audit-store.ts'
import { Backoff } from '../core/backoff.ts'
import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import type { Refusal } from '../core/errors.ts'
import { Listeners } from '../core/listeners.ts'
import type { Log } from '../core/log.ts'
import { RateLimiter } from '../core/rate-limiter.ts'
import type { Retention } from '../core/retention.ts'
import { SerialQueue } from '../core/serial-queue.ts'
import { shortened } from './audit-excess.ts'

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

/** Bounds of the audit trail. */
export interface AuditRules {
  /** How long entries are kept, ms. */
  readonly keep: number
  /** How many refused or failed actions are kept in all, the latest ones. */
  readonly maxRefused: number
  /** How many refused or failed actions of each kind are recorded one by one within a minute. */
  readonly refusedPerMinute: number
  /** How many sign-ins of one user are recorded one by one within a minute, and as many of what is like it. */
  readonly signInsPerMinute: number
  /** How many commands of one user, key or kind of visitor are recorded one by one within a minute. */
  readonly commandsPerMinute: number
  /** How many entries wait in memory while they cannot be written. */
  readonly maxPending: number
}

/** What the audit trail needs. */
export interface AuditTrailParts {
  readonly store: AuditStore
  readonly clock: Clock
  readonly log: Log
  readonly counters: Pick<Counters, 'limited'>
  readonly retention: Retention
  readonly rules: AuditRules
}

/**
 * The audit trail (audit log): records who did what. Entries are written once a second in one batch; identical ones
 * within that time become a count. Refused and failed actions are limited in rate and in total, so that a flood of
 * requests fills neither the disk nor the trail; commands of one user, done or failed, and what everybody may do to
 * themselves, such as signing in, are limited in rate. While entries cannot be written they wait; what exceeds the bound becomes a count.
 */
export class AuditTrail {
  /** Called whenever something was refused or failed; must not throw. */
  readonly refusals = new Listeners<[actor: AuditActor, audited: AuditedAction]>()
  readonly #parts: AuditTrailParts
  readonly #refused: RateLimiter
  readonly #ofOneself: FrequentActions
  readonly #commands: FrequentActions
  /** What was beyond these limits: for each of them and each action a count, written once a minute. */
  readonly #excess = new Map<string, AuditEntry>()
  #cancelExcess: (() => void) | undefined
  /** What has not been tried to write yet, by content. */
  #pending = new Map<string, AuditEntry>()
  /** What could not be written, oldest first. */
  #unwritten: readonly AuditEntry[] = []
  #cancelWrite: (() => void) | undefined
  readonly #backoff = new Backoff(WRITE_MS, LONGEST_WAIT_MS)
  readonly #cancelPurge: () => void
  readonly #writes = new SerialQueue()
  #purged = Promise.resolve()
  #isClosed = false

  constructor(parts: AuditTrailParts) {
    this.#parts = parts
    const { retention, rules } = parts
    this.#refused = new RateLimiter({ amount: rules.refusedPerMinute, period: 60_000 }, parts.clock)
    const frequent = (setting: string, amount: number) => ({
      setting,
      limiter: new RateLimiter({ amount, period: 60_000 }, parts.clock),
    })
    this.#ofOneself = frequent('access.audit_sign_ins_per_minute', rules.signInsPerMinute)
    this.#commands = frequent('access.audit_commands_per_minute', rules.commandsPerMinute)
    this.#cancelPurge = retention.hourly((now) => this.#purge(now))
  }

  /** Records an action, and logs it. */
  note(actor: AuditActor, audited: AuditedAction): void {
    const { who, address } = actor
    const { action, target = '', outcome = 'ok', detail = '' } = audited
    if (outcome !== 'ok') this.refusals.notify(actor, audited)
    const frequent = this.#frequent(action, who, target, outcome)
    if (frequent && frequent.limiter.take(`${action} ${who} ${outcome}`) > 0) {
      this.#countExcess(sanitized(who), action, outcome, frequent.setting)
      return
    }
    // Limited for each action separately: a flood of requests must not hide password guessing.
    const isOverLimit = !frequent && outcome !== 'ok' && this.#refused.take(action) > 0
    if (isOverLimit) this.#parts.counters.limited('access.audit_refused_per_minute')
    const entry = isOverLimit
      ? { who: '', action, target: '', address: '', outcome, detail: NOT_RECORDED }
      : { who: sanitized(who), action, target: sanitized(target), address, outcome, detail: sanitized(detail) }
    this.#add(JSON.stringify(entry), { ...entry, at: this.#parts.clock.now(), count: 1 })
  }

  /** Records a refusal and marks it as audited, so that it is not recorded twice. @returns the refusal, to be thrown */
  noteRefusal(actor: AuditActor, audited: AuditedAction, refusal: Refusal): Refusal {
    this.note(actor, audited)
    refusal.isAudited = true
    return refusal
  }

  /** The newest entries that match the query, including those not yet written, unless they cannot be written now. */
  async entries(query: AuditQuery): Promise<StoredAuditEntry[]> {
    await this.flush()
    return this.#parts.store.entries(query)
  }

  /** Writes pending entries. */
  flush(): Promise<void> {
    this.#addExcess()
    return this.#writePending()
  }

  #writePending(): Promise<void> {
    this.#cancelWrite?.()
    this.#cancelWrite = undefined
    return this.#writes.run(() => this.#write())
  }

  /** Writes pending entries, and stops. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelPurge()
    await this.#purged
    await this.flush()
    const lost = this.#unwritten.length
    if (lost > 0)
      this.#parts.log.error({ entries: lost }, 'entries of the audit trail are lost: they cannot be written')
  }

  /** Logs an entry, to be written soon; one of the same content that waits already becomes a count. */
  #add(content: string, entry: AuditEntry): void {
    const known = this.#pending.get(content)
    if (known) {
      this.#pending.set(content, { ...known, count: known.count + entry.count })
      return
    }
    const { log } = this.#parts
    if (entry.outcome === 'ok') log.info(entry, 'audit')
    else log.warn(entry, 'audit')
    this.#pending.set(content, entry)
    this.#writeAfter(WRITE_MS)
  }

  /** The limit of what somebody may do as often as they like, or nearly so. */
  #frequent(action: string, who: string, target: string, outcome: AuditEntry['outcome']): FrequentActions | undefined {
    // A command that has failed may have been done: what others are refused must not hide whose it was.
    if (action === 'command') return outcome === 'refused' ? undefined : this.#commands
    return outcome === 'ok' && isOfOneself(action, who, target) ? this.#ofOneself : undefined
  }

  #countExcess(who: string, action: string, outcome: AuditEntry['outcome'], setting: string): void {
    const { clock, counters } = this.#parts
    counters.limited(setting)
    const entry = { who, action, target: '', address: '', outcome, detail: NOT_RECORDED } as const
    const content = JSON.stringify(entry)
    const known = this.#excess.get(content)
    this.#excess.set(content, known ? { ...known, count: known.count + 1 } : { ...entry, at: clock.now(), count: 1 })
    this.#cancelExcess ??= clock.after(EXCESS_MS, () => this.#addExcess())
  }

  #addExcess(): void {
    this.#cancelExcess?.()
    this.#cancelExcess = undefined
    for (const [content, entry] of this.#excess) this.#add(content, entry)
    this.#excess.clear()
  }

  #writeAfter(ms: number): void {
    this.#cancelWrite ??= this.#parts.clock.after(ms, () => void this.#writePending())
  }

  async #write(): Promise<void> {
    const { store, log } = this.#parts
    const failed = this.#unwritten
    const entries = [...failed, ...this.#pending.values()]
    this.#pending = new Map()
    if (entries.length === 0) return
    try {
      await store.addEntries(entries)
      this.#unwritten = []
      this.#backoff.reset()
      if (failed.length > 0) log.info({ entries: entries.length }, 'the audit trail is written again')
    } catch (error) {
      // Only the first time: a full disk must not be filled by the log.
      if (failed.length === 0) log.error({ err: error }, 'the audit trail could not be written; it is tried again')
      this.#keep(entries)
      // Also instead of what was planned for an entry that came meanwhile.
      this.#cancelWrite?.()
      this.#cancelWrite = undefined
      if (!this.#isClosed) this.#writeAfter(this.#backoff.next())
    }
  }

  /** Keeps entries for the next attempt, as many as are allowed. */
  #keep(entries: readonly AuditEntry[]): void {
    const { rules, counters } = this.#parts
    this.#unwritten = shortened(entries, rules.maxPending)
    if (this.#unwritten !== entries) counters.limited('access.audit_pending')
  }

  #purge(now: number): void {
    const { store, rules, log } = this.#parts
    this.#purged = store
      .forget({ before: now - rules.keep, maxRefused: rules.maxRefused })
      .catch((error) => log.error({ err: error }, 'old entries of the audit trail could not be removed'))
  }
}

/** Actions that are recorded one by one only so often in a minute. */
interface FrequentActions {
  /** The setting that says how often. */
  readonly setting: string
  readonly limiter: RateLimiter
}

const WRITE_MS = 1000
/** How long at most until what could not be written is tried again, ms. */
const LONGEST_WAIT_MS = 30_000
/** How often the counts of what was done beyond these limits are written, ms. */
const EXCESS_MS = 60_000
const NOT_RECORDED = 'more than is written down one by one'
const MAX_CHARACTERS = 300

/** Whether it is something that everybody may do, to themselves alone. */
function isOfOneself(action: string, who: string, target: string): boolean {
  return action.startsWith('session.') || (action === 'user.password' && target === who)
}

/** Truncates a text and replaces control characters, so that a terminal cannot be manipulated by it (log injection). */
function sanitized(text: string): string {
  const short = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text
  return short.replace(CONTROL_CHARACTERS, '\ufffd')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

import { Refusal } from '../../core/errors.ts'
import type { EventId, NewEvent, SpooledEvent } from '../../core/event.ts'
import type { AppendedEvent } from '../../core/event-store.ts'
import type { SpoolRow } from '../events/event-spool.ts'
import { PatientSpool, type PatientSpoolParts } from './patient-spool.ts'
import { parseReceipt, type Receipt, receiptText } from './receipt.ts'
import { RedisFailure } from './redis-failure.ts'
import type { SpooledEvents } from './spooled-events.ts'

/** An event and its receipt. */
export interface Outgoing {
  readonly event: NewEvent
  readonly receipt: Receipt
}

/** What an outbox needs. */
export interface EventOutboxParts extends PatientSpoolParts {
  /** Those that are shown before they are in the log. */
  readonly spooled: SpooledEvents
  /** Which run of a node this is. */
  readonly run: string
  /** Whether the log can be reached. */
  readonly isOpen: () => boolean
  /**
   * Appends events of one run to the log.
   * @returns of each the id; undefined if it was there already, or is a change that others have reported
   * @throws RedisFailure
   */
  readonly append: (run: string, events: readonly Outgoing[]) => Promise<readonly (EventId | undefined)[]>
  /** Resolves when the event with that id can be read here, or soon after. */
  readonly readable: (id: EventId) => Promise<void>
  /** Called when the log could not be reached. */
  readonly failed: (error: unknown) => void
  /** Called when there is something new in `spooled`. */
  readonly shown: () => void
}

/** An event that waits to be stored. */
interface Waiting extends Outgoing {
  readonly done: (appended: AppendedEvent) => void
  readonly failed: (error: Error) => void
}

/**
 * Brings the events of a node to the log, in their order and in groups. While the log cannot be reached, or takes nothing,
 * they go into the spool; once that is empty again, they go directly. What the log may or may not have taken, since its
 * answer was lost, is given to it again: by its receipt it is there once.
 */
export class EventOutbox {
  readonly #parts: EventOutboxParts
  readonly #spool: PatientSpool
  #number = 0
  #waiting: Waiting[] = []
  #working: Promise<void> | undefined
  /** By receipt: the events that are given to the log now, and the ids of those that were found in it already. */
  #sending = new Map<string, EventId | undefined>()
  /** Whether something may be in the spool: at first what an earlier process has left. */
  #isSpooling = true
  /**
   * Whether events of this run may be in the spool. They have to get into the log before later ones: what has a lower
   * number than the last one there is taken for being there already.
   */
  #isOwnSpooled = false
  /** Why the log takes nothing although it can be reached. */
  #refusal: string | undefined
  /** Set until the log is given something again that has taken nothing. */
  #cancelRetry: (() => void) | undefined
  /** Set until the spool, which could not be used, is looked into again. */
  #cancelLook: (() => void) | undefined
  #isClosed = false

  constructor(parts: EventOutboxParts) {
    this.#parts = parts
    this.#spool = new PatientSpool(parts)
  }

  /** Why events do not get into the log, as far as it is not that it cannot be reached; a sentence. */
  get problem(): string | undefined {
    if (this.#refusal !== undefined || this.#cancelLook === undefined || !this.#isOwnSpooled) return this.#refusal
    return 'Events that wait for the log cannot be taken out of the spool (event-spool.db).'
  }

  /** As `EventStore.append`. */
  append(event: NewEvent): Promise<AppendedEvent> {
    const receipt = { run: this.#parts.run, number: ++this.#number }
    return new Promise((done, failed) => {
      this.#waiting.push({ event, receipt, done, failed })
      this.opened()
    })
  }

  /** The log can be reached: what waits in the spool is brought to it. */
  opened(): void {
    if (this.#hasWork) this.#working ??= this.#work()
  }

  /** The receipts of what Redis was given and has not answered yet. */
  awaited(): Iterable<string> {
    return this.#sending.keys()
  }

  /** The event with that receipt was found in the log. */
  logged(receipt: string, id: EventId): void {
    if (this.#sending.has(receipt)) this.#sending.set(receipt, id)
  }

  /** What an earlier process has left is looked for again. */
  lookForMore(): void {
    this.#isSpooling = true
    this.opened()
  }

  /** What was accepted is still stored. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelRetry?.()
    this.#cancelLook?.()
    await this.#working
    await this.#spool.close()
  }

  get #canAppend(): boolean {
    return this.#parts.isOpen() && this.#cancelRetry === undefined
  }

  /** Whether what is in the spool can be brought to the log. */
  get #canEmptySpool(): boolean {
    return this.#isSpooling && this.#canAppend && this.#cancelLook === undefined && !this.#isClosed
  }

  get #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#canEmptySpool
  }

  async #work(): Promise<void> {
    const { clock } = this.#parts
    while (this.#hasWork) {
      // What comes meanwhile waits a little, rather than that it goes into the spool, too.
      const begun = clock.monotonic()
      while (this.#canEmptySpool && clock.monotonic() - begun < EMPTYING_MS) await this.#emptySpool()
      const group = this.#waiting.splice(0, GROUP_SIZE)
      if (group.length === 0) continue
      const rest = this.#isSpooling || !this.#canAppend ? group : await this.#appendGroup(group)
      if (rest.length > 0) await this.#spoolGroup(rest)
    }
    // At once: what comes next has to find that nobody works.
    this.#working = undefined
  }

  /** @returns those that are not known to be in the log: it was not reached, or its answer was lost */
  async #appendGroup(group: readonly Waiting[]): Promise<readonly Waiting[]> {
    const { append, run } = this.#parts
    this.#sending = new Map(group.map(({ receipt }) => [receiptText(receipt), undefined]))
    const leftOut = new Set<Waiting>()
    try {
      const ids = await append(run, group)
      for (const [i, waiting] of group.entries()) {
        const id = ids[i]
        if (id !== undefined) this.#sending.set(receiptText(waiting.receipt), id)
        else if (waiting.event.change) leftOut.add(waiting)
      }
      this.#accepted()
    } catch (error) {
      this.#failed(error)
    }
    for (const { event, receipt, done } of leftOut)
      done({ event: { ...event, receipt: receiptText(receipt) }, isStored: true })
    return group.filter((waiting) => !leftOut.has(waiting) && !this.#isLogged(waiting))
  }

  /** Whether an event is in the log after all; then its publisher is answered. */
  #isLogged({ event, done, ...outgoing }: Waiting): boolean {
    const receipt = receiptText(outgoing.receipt)
    const id = this.#sending.get(receipt)
    if (id === undefined) return false
    void this.#parts.readable(id).then(() => done({ event: { ...event, id, receipt }, isStored: true }))
    return true
  }

  async #spoolGroup(group: readonly Waiting[]): Promise<void> {
    const { spooled, shown } = this.#parts
    const events = group.map(({ event, receipt }): SpooledEvent => ({ ...event, receipt: receiptText(receipt) }))
    const stored = await this.#spool.use((spool) => spool.add(events)).catch((): boolean[] => [])
    for (const [i, waiting] of group.entries()) {
      const event = events[i]
      // It may have come back meanwhile.
      if (this.#isLogged(waiting)) continue
      const { done, failed: refuse } = waiting
      if (!event || !stored[i]) {
        refuse(this.#notStored())
        continue
      }
      spooled.add(event)
      done({ event, isStored: true })
    }
    if (!stored.includes(true)) return
    this.#isSpooling = true
    this.#isOwnSpooled = true
    shown()
  }

  /** Brings a part of the spool to the log. */
  async #emptySpool(): Promise<void> {
    const rows = await this.#spool.use((spool) => spool.oldest(GROUP_SIZE)).catch(() => undefined)
    if (!rows) {
      this.#lookLater()
      return
    }
    if (rows.length === 0) {
      this.#isSpooling = false
      this.#isOwnSpooled = false
      return
    }
    try {
      for (const { run, events } of runsOf(rows)) {
        const ids = await this.#parts.append(run, events)
        for (const [i, { event, receipt }] of events.entries()) {
          // A change that others have reported does not come back.
          if (event.change && ids[i] === undefined) this.#parts.spooled.logged(receiptText(receipt))
          else this.#parts.spooled.sent(receiptText(receipt))
        }
      }
      this.#accepted()
    } catch (error) {
      this.#failed(error)
      return
    }
    // They are left out when they are given to the log once more.
    await this.#spool.use((spool) => spool.remove(rows.map(({ place }) => place))).catch(() => this.#lookLater())
  }

  /** The spool cannot be emptied now. New events pass it only if none of this run wait there. */
  #lookLater(): void {
    this.#isSpooling = this.#isOwnSpooled
    this.#cancelLook ??= this.#parts.clock.after(RETRY_MS, () => {
      this.#cancelLook = undefined
      this.lookForMore()
    })
  }

  #accepted(): void {
    if (this.#refusal !== undefined) this.#parts.log.info({}, 'events get into the log again')
    this.#refusal = undefined
  }

  #failed(error: unknown): void {
    if (!(error instanceof RedisFailure) || error.kind !== 'refused') {
      this.#parts.failed(error)
      return
    }
    // Full, or not allowed: it can be read all the same.
    if (this.#refusal !== `${error.message}.`)
      this.#parts.log.error({}, `events do not get into the log: ${error.message}`)
    this.#refusal = `${error.message}.`
    this.#cancelRetry ??= this.#parts.clock.after(RETRY_MS, () => {
      this.#cancelRetry = undefined
      this.opened()
    })
  }

  #notStored(): Refusal {
    // The log may be there while what waits for it cannot be read.
    const reason = this.#canAppend ? 'others wait for the log' : 'the log cannot be reached'
    if (this.#spool.problem !== undefined)
      return new Refusal('unavailable', `The event is not stored: ${reason}, and ${this.#spool.problem}.`)
    const limit = 'events.spool'
    return new Refusal(
      'exhausted',
      `The event is not stored: ${reason}, and too many events wait for it (${limit}, ${limit}_bytes).`,
      { limit },
    )
  }
}

/** The events of rows, by their runs; what has no receipt is left out. */
function runsOf(rows: readonly SpoolRow[]): { readonly run: string; readonly events: Outgoing[] }[] {
  const runs: { readonly run: string; readonly events: Outgoing[] }[] = []
  for (const { event } of rows) {
    const receipt = parseReceipt(event.receipt)
    if (!receipt) continue
    const last = runs.at(-1)
    if (last?.run === receipt.run) last.events.push({ event, receipt })
    else runs.push({ run: receipt.run, events: [{ event, receipt }] })
  }
  return runs
}

/** How many events are stored at once. */
const GROUP_SIZE = 100
/** For how long new events wait while the spool is emptied, ms. */
const EMPTYING_MS = 500
/** How long to wait before what has failed is tried again: the log that has taken nothing, and the spool, ms. */
const RETRY_MS = 1000

import { Backoff } from '../../core/backoff.ts'
import { every, inTime } from '../../core/clock.ts'
import { messageOf, Refusal } from '../../core/errors.ts'
import { type Acknowledgement, type EventId, type LoggedEvent, maySee, type NewEvent } from '../../core/event.ts'
import type {
  AcknowledgeOptions,
  AppendedEvent,
  EventPage,
  EventQuery,
  EventReader,
  EventStore,
} from '../../core/event-store.ts'
import { isAfter, nextFrameId, parseFrameId } from '../../core/frame-id.ts'
import { Listeners } from '../../core/listeners.ts'
import { PRIVILEGED, type QuotaClient } from '../../core/quota-client.ts'
import { Retention } from '../../core/retention.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { WorkerUnusable } from '../worker-calls.ts'
import type { DurableEventParts } from './durable-event-parts.ts'
import { EventMemory } from './event-memory.ts'
import { HistoryQuestions } from './history-questions.ts'

/** An event that waits to be stored. */
interface Waiting {
  readonly event: LoggedEvent
  readonly done: (appended: AppendedEvent<LoggedEvent>) => void
}

/**
 * Keeps events in a history that outlives the process, and the newest of them in memory, where those who follow the log
 * find them. Events are stored in groups: what arrives while a commit waits for the disk goes into the next one (group
 * commit). Nobody sees an event before it is safe, unless the history is ill: then those who follow get the events all
 * the same, from memory, and who comes later is told of a gap. Once the history is well again it gets what is still in
 * memory, and which others are lost.
 */
export class DurableEventStore implements EventStore {
  readonly #parts: DurableEventParts
  readonly #listeners = new Listeners()
  readonly #backoff = new Backoff()
  readonly #stopExpiring: () => void
  readonly #memory: EventMemory
  readonly #questions: HistoryQuestions
  /** The highest id that was given. */
  #last: EventId
  /** That of the history, once it was open. */
  #epoch: EventId | undefined
  /** Whether it was noted that events are not stored, or that was tried. */
  #isLossNoted = false
  #waiting: Waiting[] = []
  #committing: Promise<void> | undefined
  /** Whether the history can be read. */
  #isReadable = false
  /** Why nothing can be stored; undefined while it can. */
  #problem: string | undefined
  #cancelRetry = () => {}
  #isClosed = false
  #retention: Retention

  private constructor(parts: DurableEventParts) {
    this.#parts = parts
    const { clock, recent } = parts
    this.#questions = new HistoryQuestions({
      ...parts,
      problem: () => (this.#isReadable && !this.#isClosed ? undefined : (this.#problem ?? CLOSED)),
      unusable: (error) => this.#failed(error),
    })
    // A new history begins right after that, and below all that is not stored.
    const before = nextFrameId(undefined, clock.now())
    this.#last = nextFrameId(before, 0)
    this.#memory = new EventMemory(recent, before, this.#last)
    this.#retention = new Retention(clock, undefined)
    this.#stopExpiring = every(clock, EXPIRE_MS, () => this.#expire())
  }

  /** Opens the history. Where that is not possible the store works without it, and tries again and again. */
  static async open(parts: DurableEventParts): Promise<DurableEventStore> {
    const store = new DurableEventStore(parts)
    await store.#open()
    return store
  }

  append(event: NewEvent): Promise<AppendedEvent<LoggedEvent>> {
    if (this.#isClosed) return Promise.reject(new Error(CLOSED))
    this.#last = nextFrameId(this.#last, event.timestamp)
    const logged = { ...event, id: this.#last }
    return new Promise((done) => {
      this.#waiting.push({ event: logged, done })
      this.#startCommit()
    })
  }

  readRecent(query: EventQuery): EventPage | undefined {
    return this.#isClosed ? undefined : this.#memory.page(query)
  }

  async read(query: EventQuery): Promise<EventPage> {
    this.#checkOpen()
    const page = this.#memory.page(query) ?? this.#memory.pagePastHistory(query)
    if (page) return page
    try {
      return this.#memory.complete(await this.#questions.ask(askerOf(query), (history) => history.read(query)), query)
    } catch (error) {
      // To whoever goes on from a place this would be a page that skips what is stored.
      if (query.after !== undefined || query.before !== undefined || !isUnavailable(error)) throw error
      return this.#memory.pageOfWhatIsHere(query)
    }
  }

  async find(reader: EventReader, id: EventId): Promise<LoggedEvent | undefined> {
    this.#checkOpen()
    const event = this.#memory.find(id) ?? (await this.#questions.ask(askerOf(reader), (history) => history.find(id)))
    return event && maySee(reader, event) ? event : undefined
  }

  async acknowledge(
    id: EventId,
    acknowledgement: Acknowledgement,
    { asker, check }: AcknowledgeOptions = {},
  ): Promise<LoggedEvent | undefined> {
    this.#checkOpen()
    // It may be on its way to the disk.
    if (this.#memory.hasUnstored(id) && this.#problem === undefined) await this.#committing
    if (this.#memory.hasUnstored(id) || this.#problem !== undefined) throw this.#unstored()
    const event = await this.#questions.ask(askerOf({ asker }), async (history) => {
      check?.()
      return history.acknowledge(id, acknowledgement).catch((error) => {
        this.#failed(error)
        throw this.#unstored()
      })
    })
    if (event) this.#memory.replace(event)
    return event
  }

  subscribe(wake: () => void): () => void {
    return this.#listeners.add(wake)
  }

  health(): StoreHealth {
    if (this.#isClosed) return { isHealthy: false, reason: CLOSED }
    return this.#problem === undefined ? { isHealthy: true } : { isHealthy: false, reason: this.#problem }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#cancelRetry()
    this.#stopExpiring()
    // What was accepted is still stored.
    await this.#committing
    this.#listeners.clear()
    await this.#parts.history.close(!this.#memory.isUnstored)
  }

  async #open(): Promise<void> {
    const { clock, history, path, limits, log } = this.#parts
    try {
      const { lastStored } = this.#memory
      const opened = await history.open({ path, limits, now: clock.now(), last: lastStored, epoch: this.#epoch })
      const { epoch, last, damaged } = opened
      this.#epoch = epoch
      if (damaged !== undefined) log.error({ damaged }, 'the history of events was damaged: a new one begins')
      this.#isReadable = true
      this.#problem = undefined
      this.#memory.opened(opened)
      if (!this.#memory.isUnstored) void this.#noteLoss(false)
      if (isAfter(last, this.#last)) this.#last = last
      this.#retention = new Retention(clock, parseFrameId(last)?.ms)
      this.#startCommit()
    } catch (error) {
      this.#failed(error, false)
    }
  }

  #startCommit(): void {
    if (this.#waiting.length > 0 || this.#isBehind) this.#committing ??= this.#commit()
  }

  /** Stores all that waits, group by group, and before it what could not be stored until now. */
  async #commit(): Promise<void> {
    while (this.#waiting.length > 0 || this.#isBehind) {
      const group = this.#waiting.splice(0, GROUP_SIZE)
      const isStored = await this.#store(group.map(({ event }) => event))
      if (!isStored && !this.#isLossNoted) await this.#noteLoss(true)
      for (const { event, done } of group) {
        this.#memory.add(event)
        done({ event, isStored })
      }
      this.#listeners.notify()
    }
    this.#committing = undefined
  }

  /** Whether the history works, and does not know all that it should. */
  get #isBehind(): boolean {
    return this.#problem === undefined && !this.#isClosed && this.#memory.isUnstored
  }

  async #store(events: readonly LoggedEvent[]): Promise<boolean> {
    if (this.#problem !== undefined) return false
    const { clock, history } = this.#parts
    const { unstored, lost, isUnstored: isBehind } = this.#memory
    try {
      const silent = () => Promise.reject(new Error('the disk does not answer'))
      await inTime(clock, PATIENCE_MS, history.append([...unstored, ...events], [...lost.entries()]), silent)
      this.#backoff.reset()
      this.#memory.stored(events.at(-1)?.id)
      if (isBehind) void this.#noteLoss(false)
      return true
    } catch (error) {
      this.#failed(error)
      return false
    }
  }

  /** For the next process, if this one ends before they are stored. On a disk that does not take even that it goes on. */
  async #noteLoss(isLost: boolean): Promise<void> {
    this.#isLossNoted = isLost
    const { clock, history } = this.#parts
    await inTime(clock, NOTE_PATIENCE_MS, history.noteLoss(isLost), () => {}).catch(() => {
      this.#isLossNoted = false
    })
  }

  #unstored(): Refusal {
    return new Refusal('unavailable', this.#problem ?? 'The event is not stored yet.')
  }

  /** Something could not be done: nothing is stored until it is possible again, which is tried again and again. */
  #failed(error: unknown, isReadable = !(error instanceof WorkerUnusable)): void {
    if (this.#isClosed) return
    const { clock, log, history } = this.#parts
    if (this.#problem === undefined) log.error({ err: error }, 'events cannot be stored')
    this.#problem = `Events are not stored: ${messageOf(error)}.`
    // On a full disk it can still be read.
    if (!isReadable) this.#isReadable = false
    const retry = async () => {
      if (!this.#isReadable) return this.#open()
      try {
        await history.check(clock.now())
        this.#problem = undefined
        log.info({}, 'events are stored again')
        this.#startCommit()
      } catch (again) {
        this.#failed(again)
      }
    }
    this.#cancelRetry()
    this.#cancelRetry = clock.after(this.#backoff.next(), () => void retry())
  }

  #expire(): void {
    const { history, limits } = this.#parts
    const now = this.#retention.now()
    this.#memory.dropBefore(now - limits.age)
    if (this.#problem === undefined) history.expire(now).catch((error) => this.#failed(error))
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Error(CLOSED)
  }
}

function askerOf({ asker = PRIVILEGED }: Pick<EventReader, 'asker'>): QuotaClient {
  return asker
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'unavailable'
}

const CLOSED = 'the event store is closed'

/** How many events one transaction stores at most. */
const GROUP_SIZE = 1000

/** How long a commit may take, with the one question ahead of it, before its events are passed on without it, ms. */
const PATIENCE_MS = 5000
/** How long it may take to note that they are not stored, ms. */
const NOTE_PATIENCE_MS = 1000
/** How often old events are deleted, and for how long none are after the start, ms. */
const EXPIRE_MS = 3_600_000

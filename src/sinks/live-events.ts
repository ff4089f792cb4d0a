import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { Refusal } from '../core/errors.ts'
import type { EventCursor } from '../core/event-cursor.ts'
import type { EventLog } from '../core/event-log.ts'
import type { EventLoopTurns } from '../core/event-loop-turns.ts'
import type { EventPage } from '../core/event-store.ts'
import { weightOfJson } from '../core/json.ts'
import type { Log } from '../core/log.ts'
import type { Principal } from '../core/principal.ts'
import { quotaClientOf } from '../core/quota-client.ts'
import type { Socket } from '../core/socket.ts'
import { liveEventPages } from '../wire/live-event-page.ts'
import type { LiveNotice, LiveRequest } from '../wire/live-messages.ts'

/** What the events of `/ws/live` need. */
export interface LiveEventsParts {
  readonly events: EventLog
  readonly clock: Clock
  readonly log: Log
  readonly counters: Pick<Counters, 'limited'>
  /** The turns in which events are read and sent. */
  readonly turns: EventLoopTurns
}

/** What a client follows under one id. */
interface Follow {
  readonly id: number
  readonly cursor: EventCursor
  /** What it takes in memory, in bytes. */
  readonly weight: number
  /** When its last page was sent, monotonic ms; undefined before the first. */
  sentAt: number | undefined
  /** Set after a failure, until it is tried again. */
  cancelRetry: (() => void) | undefined
  /** Whether the client was told that the store cannot be read, and it could not be read since. */
  isUnreadable: boolean
}

/**
 * The events that one client of `/ws/live` follows. Nothing is queued for it: what it follows are cursors on the log,
 * read page by page in turns, and only while the kernel takes what is written. A client that falls behind goes on from
 * the history.
 */
export class LiveEvents {
  readonly #parts: LiveEventsParts
  readonly #socket: Socket
  readonly #principal: Principal
  readonly #basePath: string
  readonly #follows = new Map<number, Follow>()
  /** Those that may have new events; the first is read next. */
  readonly #waiting = new Set<Follow>()
  #weight = 0
  /** Whether it waits for its turn, or for the history. */
  #isHeld = false

  /** @param basePath what paths of ours begin with, as the client sees them */
  constructor(parts: LiveEventsParts, socket: Socket, principal: Principal, basePath: string) {
    this.#parts = parts
    this.#socket = socket
    this.#principal = principal
    this.#basePath = basePath
  }

  /** How many follows there are. */
  get count(): number {
    return this.#follows.size
  }

  /** What they take in memory, in bytes. */
  get weight(): number {
    return this.#weight
  }

  has(id: number): boolean {
    return this.#follows.has(id)
  }

  /**
   * Starts or replaces a follow, answers, and then sends its events.
   * @throws Refusal `forbidden` if the client may see no events at all
   */
  follow({ id, after, epoch, types, labels, min_priority }: Extract<LiveRequest, { type: 'follow' }>): void {
    const filter = { types, labels, minPriority: min_priority }
    const wake = () => this.#wake(follow)
    const asker = quotaClientOf(this.#principal, this.#socket.client)
    const options = { after, epoch, filter, bytes: MESSAGE_BYTES, asker, wake }
    const cursor = this.#parts.events.open(this.#principal, options)
    const weight = FOLLOW_BYTES + weightOfJson(types ?? []) + weightOfJson(labels ?? [])
    const follow: Follow = { id, cursor, weight, sentAt: undefined, cancelRetry: undefined, isUnreadable: false }
    this.#end(id)
    this.#follows.set(id, follow)
    this.#weight += weight
    this.#socket.charge(READ_MESSAGES)
    this.#notify({ type: 'following', id })
    this.#wake(follow)
  }

  /** Ends a follow, if there is one with that id, and answers. */
  unfollow(id: number): void {
    this.#end(id)
    this.#notify({ type: 'unfollowed', id })
  }

  /** Sends what waits; to be called when the socket has drained. */
  pump(): void {
    // One page after another, so that pictures, which share the socket, have their turn between them.
    while (!this.#isHeld && this.#waiting.size > 0 && this.#socket.isDrained) {
      if (this.#parts.turns.isOver) this.#waitForTurn()
      else this.#work(() => this.#serveNext())
    }
  }

  /** Ends all of them: the socket is closed. */
  close(): void {
    for (const id of [...this.#follows.keys()]) this.#end(id)
  }

  #end(id: number): void {
    const follow = this.#follows.get(id)
    if (!follow) return
    this.#follows.delete(id)
    this.#weight -= follow.weight
    follow.cancelRetry?.()
    follow.cursor.close()
    this.#waiting.delete(follow)
  }

  #wake(follow: Follow): void {
    if (follow.cancelRetry || follow.cursor.isClosed) return
    this.#waiting.add(follow)
    this.pump()
  }

  #serveNext(): void {
    const [follow] = this.#waiting
    if (!follow) return
    this.#waiting.delete(follow)
    const page = follow.cursor.nextRecent()
    if (page) this.#send(follow, page)
    else void this.#readHistory(follow)
  }

  /** Reads a page of what is no longer in memory, while the other follows wait. */
  async #readHistory(follow: Follow): Promise<void> {
    this.#isHeld = true
    const page = await follow.cursor.next().catch((error) => this.#failed(follow, error))
    this.#isHeld = false
    if (page && !follow.cursor.isClosed) this.#work(() => this.#send(follow, page))
    this.pump()
  }

  #waitForTurn(): void {
    this.#isHeld = true
    this.#parts.turns.after(this.#socket.client, () => {
      this.#isHeld = false
      this.pump()
    })
  }

  /** Does a part of the work, which counts in this turn. If it fails the client comes again, and goes on where it was. */
  #work(part: () => void): void {
    const { clock, turns, log } = this.#parts
    const begun = clock.monotonic()
    try {
      part()
    } catch (error) {
      log.error({ err: error }, 'events could not be sent')
      this.close()
      this.#socket.end('failure', 'internal error')
    }
    turns.spend(clock.monotonic() - begun)
  }

  #send(follow: Follow, page: EventPage): void {
    follow.isUnreadable = false
    // At the end: follows take turns.
    if (page.hasMore) this.#waiting.add(follow)
    const now = this.#parts.clock.monotonic()
    const isNews = page.events.length > 0 || page.gap !== undefined || page.spooled !== undefined
    if (!isNews && follow.sentAt !== undefined && now - follow.sentAt < POSITION_MS) return
    follow.sentAt = now
    const texts = liveEventPages(follow.id, page, MESSAGE_BYTES, this.#basePath)
    for (const text of texts) this.#socket.send(text)
  }

  /** The client is told, and the same page tried again after a while. */
  #failed(follow: Follow, error: unknown): void {
    if (follow.cursor.isClosed) return
    const { clock, log, counters } = this.#parts
    const { id } = follow
    const limit = error instanceof Refusal ? error.limit : undefined
    if (error instanceof Refusal && limit !== undefined) {
      counters.limited(limit)
      this.#notify({ type: 'error', code: error.code, message: error.message, id })
    } else {
      // Why it is refused the store says itself: once, not for each client.
      if (!follow.isUnreadable && !(error instanceof Refusal)) log.error({ err: error }, 'events could not be read')
      if (!follow.isUnreadable) this.#notify({ type: 'error', code: 'unavailable', message: UNREADABLE, id })
      follow.isUnreadable = true
    }
    follow.cancelRetry = clock.after(limit === undefined ? RETRY_MS : ROOM_MS, () => {
      follow.cancelRetry = undefined
      this.#wake(follow)
    })
  }

  #notify(notice: LiveNotice): void {
    this.#socket.send(JSON.stringify(notice))
  }
}

/**
 * How much memory the events of a page may take, and how long a message is in characters: little enough to arrive in a
 * second on a slow link. An event that is larger is sent all the same.
 */
const MESSAGE_BYTES = 64 * 1024

/** What a follow takes besides the texts of its filter, in bytes. */
const FOLLOW_BYTES = 1024

/** Beginning to follow may search the whole history: it counts as so many messages. */
const READ_MESSAGES = 50

/** After so long without a page, a client gets one without events, so that it need not go on from far back. */
const POSITION_MS = 10_000

/** How long to wait before the history is read again that could not be read, ms. */
const RETRY_MS = 1000
/** The same where too many read it, ms. */
const ROOM_MS = 5000

const UNREADABLE = 'the events cannot be read at the moment; the server goes on trying'

import type { Socket } from 'node:net'
import type { Clock } from '../../core/clock.ts'
import type { Counters } from '../../core/counters.ts'
import { type Holder, heldBytesSetting } from '../../core/held-bytes.ts'
import type { Quota } from '../../core/quota.ts'
import type { HttpConnection } from './http-connection.ts'
import type { KnownRequest } from './request-guard.ts'

/** What watching unread responses needs. */
export interface UnreadAnswersParts {
  readonly clock: Clock
  readonly counters: Pick<Counters, 'limited'>
  /** The memory that responses take until they are read counts as the requester's. */
  readonly heldBytes: Quota
  readonly holderOf: (request: KnownRequest) => Holder
  /** How long a peer may take none of a response, ms. */
  readonly answerTimeout: number
}

/**
 * Responses that are not read: what they take counts as held memory, and whoever exceeds it, or takes nothing for too
 * long, is disconnected. A response that has not begun (long polling) is not unread. Checked four times a second, so
 * that a request costs nothing more.
 */
export class UnreadAnswers {
  readonly #parts: UnreadAnswersParts
  readonly #watched = new Map<HttpConnection, Watched>()
  #cancelCheck: (() => void) | undefined

  constructor(parts: UnreadAnswersParts) {
    this.#parts = parts
  }

  /** Watches a connection until all its responses are read; one that is streaming, until what was written is. */
  watch(connection: HttpConnection): void {
    if (!this.#watched.has(connection)) this.#watched.set(connection, new Watched(connection))
    this.#cancelCheck ??= this.#parts.clock.after(CHECK_MS, () => this.#check())
  }

  /** Stops watching. */
  close(): void {
    this.#cancelCheck?.()
    for (const watched of this.#watched.values()) this.#giveBack(watched)
    this.#watched.clear()
  }

  #check(): void {
    const now = this.#parts.clock.monotonic()
    const unread: Watched[] = []
    for (const [connection, watched] of this.#watched) {
      this.#giveBack(watched)
      if (connection.responses.length === 0 || connection.socket.destroyed) {
        this.#watched.delete(connection)
        continue
      }
      watched.look(now)
      if (watched.bytes === 0 && connection.streaming) {
        this.#watched.delete(connection)
        continue
      }
      if (now - watched.since >= this.#parts.answerTimeout) this.#disconnect(watched, 'http.answer_timeout_s')
      else if (watched.bytes > 0) unread.push(watched)
    }
    // The smallest first, so that room runs out for the largest.
    for (const watched of unread.sort((one, other) => one.bytes - other.bytes)) this.#hold(watched)
    this.#cancelCheck = this.#watched.size > 0 ? this.#parts.clock.after(CHECK_MS, () => this.#check()) : undefined
  }

  #hold(watched: Watched): void {
    const { streaming, request } = watched.connection
    const holder = streaming ? streaming.holder : request && this.#parts.holderOf(request)
    if (!holder) return
    const bound = this.#parts.heldBytes.take(holder.client, watched.bytes, holder.isPrivileged)
    if (bound === undefined) watched.held = { client: holder.client, bytes: watched.bytes }
    else this.#disconnect(watched, heldBytesSetting(bound))
  }

  #giveBack(watched: Watched): void {
    if (watched.held) this.#parts.heldBytes.give(watched.held.client, watched.held.bytes)
    watched.held = undefined
  }

  #disconnect({ connection }: Watched, limit: string): void {
    this.#parts.counters.limited(limit)
    this.#watched.delete(connection)
    connection.socket.destroy()
  }
}

/** A connection with responses, and how they are read. */
class Watched {
  readonly connection: HttpConnection
  /** How many bytes are unread. */
  bytes = 0
  /** Since when the peer has taken nothing, though there was something to take; monotonic, ms. */
  since = Number.POSITIVE_INFINITY
  /** What it takes of the held memory. */
  held: { readonly client: string; readonly bytes: number } | undefined
  #taken = -1

  constructor(connection: HttpConnection) {
    this.connection = connection
  }

  look(now: number): void {
    this.bytes = this.connection.unreadBytes
    const taken = takenFrom(this.connection.tcp)
    if (this.bytes === 0) this.since = Number.POSITIVE_INFINITY
    else if (taken !== this.#taken || this.since === Number.POSITIVE_INFINITY) this.since = now
    this.#taken = taken
  }
}

/**
 * How many bytes of what was written to a TCP socket the kernel has taken. Of a large write Node counts all or nothing; how
 * far it has come only its internal handle knows, where `socket.setTimeout` looks too.
 */
export function takenFrom(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle === 'object' && handle !== null && 'bytesWritten' in handle && 'writeQueueSize' in handle)
    return Number(handle.bytesWritten) - Number(handle.writeQueueSize)
  return socket.bytesWritten - socket.writableLength
}

const CHECK_MS = 250

import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../core/clock.ts'
import type { Counters } from '../../core/counters.ts'
import { FairQueue } from '../../core/fair-queue.ts'
import type { Holder } from '../../core/held-bytes.ts'
import type { Quota } from '../../core/quota.ts'
import { TokenBucket } from '../../core/token-bucket.ts'
import { isChunked } from './chunked-body.ts'

/** What discarding bodies needs. */
export interface UnreadBodyParts {
  readonly clock: Clock
  readonly counters: Pick<Counters, 'limited'>
  /** How many bytes are read and discarded a second, for all clients together. */
  readonly bytesPerSecond: number
  /** The memory that requests may take (`limits.held_bytes`). */
  readonly heldBytes: Quota
}

/**
 * Reads and discards the bodies of requests that were refused before they had arrived (lingering close): a client that
 * is still sending would get a TCP reset instead of its answer. As anybody can send bodies to be refused, they are read
 * at a bounded rate, clients in turn; whoever sends faster has to wait (TCP backpressure).
 */
export class UnreadBodies {
  readonly #parts: UnreadBodyParts
  readonly #tokens: TokenBucket
  readonly #waiting = new FairQueue<() => void>()
  /** How many wait. */
  #count = 0
  #cancelTimer: (() => void) | undefined
  /** Ends the discarding of each body. */
  readonly #open = new Set<() => void>()
  #isClosed = false

  constructor(parts: UnreadBodyParts) {
    this.#parts = parts
    const { bytesPerSecond } = parts
    this.#tokens = new TokenBucket({ perSecond: bytesPerSecond, capacity: bytesPerSecond }, parts.clock.monotonic())
  }

  /**
   * Discards what is left of a body that nothing else reads any more.
   * @returns when it has been read to its end or its connection is closed, or at shutdown; undefined: it is not read,
   *   and the connection should be closed. So it is with bodies in chunks, which take much time if each byte is one,
   *   with what would exceed the memory that may be held for the client, and at shutdown
   */
  discard(body: IncomingMessage, { client, isPrivileged }: Holder): Promise<void> | undefined {
    const { socket } = body
    if (this.#isClosed || socket.destroyed || isChunked(body)) return undefined
    const { heldBytes, clock } = this.#parts
    if (heldBytes.take(client, BUFFER_BYTES, isPrivileged) !== undefined) return undefined
    return new Promise((resolve) => {
      let isWaiting = false
      const read = () => {
        isWaiting = false
        const bytes = body.readableLength
        // One chunk at a time; only when none is left is there another event.
        while (body.read() !== null);
        this.#tokens.take(bytes, clock.monotonic())
      }
      const readable = () => {
        // All of it is here already: letting it wait would only hold it.
        if (body.complete || body.readableLength === 0) {
          read()
          return
        }
        if (isWaiting) return
        isWaiting = true
        this.#enqueue(client, read)
      }
      const end = () => {
        body.off('readable', readable)
        body.off('close', end)
        socket.off('close', end)
        if (this.#waiting.remove(client, read)) this.#count--
        this.#open.delete(end)
        heldBytes.give(client, BUFFER_BYTES)
        resolve()
      }
      this.#open.add(end)
      body.on('close', end)
      // Once the request has been answered, the end of the connection does not end its body.
      socket.on('close', end)
      body.on('readable', readable)
      // Otherwise Node discards it itself, at full speed, once it is answered.
      Reflect.set(body, '_consuming', true)
      body.read(0)
    })
  }

  /** At shutdown: nothing more is read, and nobody waits for it. */
  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
    for (const end of this.#open) end()
  }

  #enqueue(client: string, read: () => void): void {
    this.#waiting.add(client, read)
    this.#count++
    this.#serve()
  }

  #serve(): void {
    if (this.#cancelTimer || this.#isClosed) return
    const { clock, counters } = this.#parts
    while (this.#count > 0) {
      const wait = this.#tokens.wait(clock.monotonic())
      if (wait > 0) {
        counters.limited('limits.refused_bytes_per_s')
        this.#cancelTimer = clock.after(Math.max(wait, SHORTEST_WAIT_MS), () => {
          this.#cancelTimer = undefined
          this.#serve()
        })
        return
      }
      this.#count--
      this.#waiting.next(() => false)?.()
    }
  }
}

/** What Node buffers of a body at most: what is read from a socket at once, beside what had been buffered before. */
const BUFFER_BYTES = 128 * 1024

/** Whoever waits is served some bodies at once, or the timer would fire for each. */
const SHORTEST_WAIT_MS = 20

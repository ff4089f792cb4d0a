import type { Clock } from '../core/clock.ts'
import type { Stream } from '../core/stream.ts'

/**
 * Streams whose viewers are to be asked again what they follow: one stream after another, some milliseconds at a time with
 * pauses between, as there may be thousands of viewers.
 */
export class Reroutes {
  readonly #clock: Clock
  readonly #reroute: (stream: Stream) => Iterator<unknown>
  readonly #hasRoom: () => boolean
  readonly #due = new Set<Stream>()
  /** Where somebody got no rendition for want of room, in the order of their turns. */
  readonly #refused = new Set<Stream>()
  /** How many of them are still to be asked since there was room. */
  #retries = 0
  /** Those viewers of a stream that are still to be asked. */
  #left: Iterator<unknown> | undefined
  #cancel: (() => void) | undefined
  #isClosed = false

  /**
   * @param reroute asks the viewers of a stream, one in each step
   * @param hasRoom whether it makes sense to ask those that were refused
   */
  constructor(clock: Clock, reroute: (stream: Stream) => Iterator<unknown>, hasRoom: () => boolean) {
    this.#clock = clock
    this.#reroute = reroute
    this.#hasRoom = hasRoom
  }

  /** A viewer of the stream got no rendition: it is asked again when there is room. */
  refused(stream: Stream): void {
    this.#refused.add(stream)
  }

  /** The viewers of the stream are asked soon. */
  soon(stream: Stream): void {
    this.#due.add(stream)
    this.#schedule()
  }

  /** There is more room: those who were refused are asked soon, in turn. */
  roomFreed(): void {
    this.#retries = this.#refused.size
    this.#schedule()
  }

  /** The stream is gone. */
  forget(stream: Stream): void {
    this.#due.delete(stream)
    this.#refused.delete(stream)
  }

  close(): void {
    this.#isClosed = true
    this.#cancel?.()
    this.#due.clear()
    this.#refused.clear()
  }

  #schedule(): void {
    if (this.#cancel || this.#isClosed || (!this.#left && this.#due.size === 0 && this.#retries === 0)) return
    this.#cancel = this.#clock.after(PAUSE_MS, () => {
      this.#cancel = undefined
      this.#goOn()
      this.#schedule()
    })
  }

  /** Asks the viewers of one stream, or as many of them as there is time for. */
  #goOn(): void {
    if (!this.#left) {
      const next = this.#next()
      this.#left = next && this.#reroute(next)
    }
    const end = this.#clock.monotonic() + SLICE_MS
    while (this.#left && this.#clock.monotonic() < end) if (this.#left.next().done) this.#left = undefined
  }

  #next(): Stream | undefined {
    const [due] = this.#due
    if (due) {
      this.#due.delete(due)
      return due
    }
    if (!this.#hasRoom()) this.#retries = 0
    const [refused] = this.#retries > 0 ? this.#refused : []
    if (!refused) {
      this.#retries = 0
      return undefined
    }
    this.#retries--
    // If there is still no room for it, it comes back, behind the others.
    this.#refused.delete(refused)
    return refused
  }
}

/** Between two streams, or two slices of one, ms. */
const PAUSE_MS = 10
/** How long one slice takes; the clock has whole milliseconds. */
const SLICE_MS = 4

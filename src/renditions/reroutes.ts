import type { Clock } from '../core/clock.ts'
import type { Stream } from '../core/stream.ts'

/**
 * Streams whose viewers are to be asked again what they follow: one stream after another with pauses between, as each
 * time all viewers are looked at.
 */
export class Reroutes {
  readonly #clock: Clock
  readonly #reroute: (stream: Stream) => void
  readonly #hasRoom: () => boolean
  readonly #due = new Set<Stream>()
  /** Where somebody got no rendition for want of room, in the order of their turns. */
  readonly #refused = new Set<Stream>()
  /** How many of them are still to be asked since there was room. */
  #retries = 0
  #cancel: (() => void) | undefined

  /**
   * @param reroute asks the viewers of a stream
   * @param hasRoom whether it makes sense to ask those that were refused
   */
  constructor(clock: Clock, reroute: (stream: Stream) => void, hasRoom: () => boolean) {
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
    this.#cancel?.()
    this.#due.clear()
    this.#refused.clear()
  }

  #schedule(): void {
    if (this.#cancel || (this.#due.size === 0 && this.#retries === 0)) return
    this.#cancel = this.#clock.after(PAUSE_MS, () => {
      this.#cancel = undefined
      const next = this.#next()
      if (next) this.#reroute(next)
      this.#schedule()
    })
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

/** Between two streams, ms. */
const PAUSE_MS = 10

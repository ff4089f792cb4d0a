import type { ChangeFeed, Topic } from '../../core/change-feed.ts'
import { type Clock, every } from '../../core/clock.ts'

/** Changes of a SQLite database by other connections: it tells nobody, so it is asked four times a second (polling). */
export class SqliteChangeFeed implements ChangeFeed {
  readonly #readVersion: () => number
  readonly #clock: Clock
  readonly #subscribers = new Set<{ readonly heard: () => void }>()
  #seen: number | undefined
  #cancel: (() => void) | undefined

  /** @param readVersion a number that is another one when another connection has written (`pragma data_version`) */
  constructor(readVersion: () => number, clock: Clock) {
    this.#readVersion = readVersion
    this.#clock = clock
  }

  /** @param _topic SQLite says that something was written, not where: all are told */
  subscribe(_topic: Topic, heard: () => void): () => void {
    const subscriber = { heard }
    this.#subscribers.add(subscriber)
    if (!this.#cancel) {
      this.#seen = this.#version()
      this.#cancel = every(this.#clock, LOOK_MS, () => this.#look())
    }
    return () => {
      if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.close()
    }
  }

  /** Tells nobody any more. */
  close(): void {
    this.#subscribers.clear()
    this.#cancel?.()
    this.#cancel = undefined
  }

  #look(): void {
    const version = this.#version()
    if (version !== undefined && version === this.#seen) return
    this.#seen = version
    for (const { heard } of this.#subscribers) heard()
  }

  /** @returns undefined when it cannot be read: whoever then reads the store learns why */
  #version(): number | undefined {
    try {
      return this.#readVersion()
    } catch {
      return undefined
    }
  }
}

/** How soon what others change is known, ms. */
const LOOK_MS = 250

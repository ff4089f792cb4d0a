import type { ChangeFeed, Topic } from '../../core/change-feed.ts'
import { type Clock, every } from '../../core/clock.ts'
import { Listeners } from '../../core/listeners.ts'

/**
 * Polls a SQLite database four times a second for changes by other connections, since SQLite sends no notifications.
 */
export class SqliteChangeFeed implements ChangeFeed {
  readonly #readVersion: () => number
  readonly #clock: Clock
  readonly #listeners = new Listeners()
  #lastVersion: number | undefined
  #cancel: (() => void) | undefined

  /** @param readVersion returns a number that changes when another connection has written (`pragma data_version`) */
  constructor(readVersion: () => number, clock: Clock) {
    this.#readVersion = readVersion
    this.#clock = clock
  }

  /** @param _topic ignored: SQLite reports that something was written, not where, so all subscribers are notified */
  subscribe(_topic: Topic, listener: () => void): () => void {
    const remove = this.#listeners.add(listener)
    if (!this.#cancel) {
      this.#lastVersion = this.#version()
      this.#cancel = every(this.#clock, POLL_MS, () => this.#poll())
    }
    return () => {
      remove()
      if (this.#listeners.size === 0) this.close()
    }
  }

  check(): void {
    // What cannot be looked at is left to the next poll.
    if (this.#cancel && this.#version() !== undefined) this.#poll()
  }

  /** Stops polling; no more notifications. */
  close(): void {
    this.#listeners.clear()
    this.#cancel?.()
    this.#cancel = undefined
  }

  #poll(): void {
    const version = this.#version()
    if (version !== undefined && version === this.#lastVersion) return
    this.#lastVersion = version
    this.#listeners.notify()
  }

  /** @returns undefined when it cannot be read: whoever reads the store next gets the error */
  #version(): number | undefined {
    try {
      return this.#readVersion()
    } catch {
      return undefined
    }
  }
}

/** How often to poll, ms. */
const POLL_MS = 250

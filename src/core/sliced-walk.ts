import type { Clock } from './clock.ts'

/** What a walk needs. */
export interface SlicedWalkParts<Item> {
  /** What is visited: also what is added meanwhile, but not what is removed before its turn. */
  readonly items: ReadonlySet<Item>
  /** Must not throw. */
  readonly visit: (item: Item) => void
  readonly clock: Pick<Clock, 'monotonic'>
  /** Calls something in the next turn of the event loop: `setImmediate`. */
  readonly inNextTurn: (action: () => void) => void
}

/**
 * Visits very many, such as all who are to get an event, in time slices of some milliseconds: between them everybody else
 * has their turn of the event loop. Few are visited at once.
 */
export class SlicedWalk<Item> {
  readonly #parts: SlicedWalkParts<Item>
  /** Those that are still to be visited. */
  #left: Iterator<Item> | undefined
  #isWantedAgain = false

  constructor(parts: SlicedWalkParts<Item>) {
    this.#parts = parts
  }

  /** Visits all. If a walk is under way, another one follows it: everybody is visited after each call. */
  start(): void {
    if (this.#left) {
      this.#isWantedAgain = true
      return
    }
    this.#left = this.#parts.items.values()
    this.#goOn()
  }

  /** Visits nobody more, until `start` is called again. */
  stop(): void {
    this.#left = undefined
    this.#isWantedAgain = false
  }

  #goOn(): void {
    const left = this.#left
    if (!left) return
    const { clock, inNextTurn, visit } = this.#parts
    const end = clock.monotonic() + SLICE_MS
    while (clock.monotonic() < end) {
      const { done, value } = left.next()
      if (this.#left !== left) return
      if (!done) visit(value)
      else if (this.#isWantedAgain) {
        this.#isWantedAgain = false
        this.#left = this.#parts.items.values()
        break
      } else {
        this.#left = undefined
        return
      }
    }
    inNextTurn(() => this.#goOn())
  }
}

/** How long one slice takes; the clock has whole milliseconds. */
const SLICE_MS = 4

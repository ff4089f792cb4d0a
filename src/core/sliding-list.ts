/**
 * A list whose oldest items are dropped as new ones are added (a double-ended queue): both in constant time, also with
 * a hundred thousand of them, for which `Array.shift` moves all the others.
 */
export class SlidingList<Item> {
  /** Those before `#first` are dropped. */
  readonly #items: (Item | undefined)[] = []
  #first = 0

  get length(): number {
    return this.#items.length - this.#first
  }

  /** The item at an index, 0 for the oldest; undefined where there is none. */
  at(index: number): Item | undefined {
    return index < 0 ? undefined : this.#items[this.#first + index]
  }

  *[Symbol.iterator](): Generator<Item> {
    for (let i = 0; i < this.length; i++) {
      const item = this.at(i)
      if (item !== undefined) yield item
    }
  }

  push(item: Item): void {
    this.#items.push(item)
  }

  /** Removes the item at an index: at once if it is the oldest, else by moving those behind it. @returns it */
  removeAt(index: number): Item | undefined {
    const item = this.at(index)
    if (item === undefined) return undefined
    if (index > 0) this.#items.splice(this.#first + index, 1)
    else {
      this.#items[this.#first++] = undefined
      // Seldom enough that each item is moved about once.
      if (this.#first >= MOST_DROPPED && this.#first * 2 >= this.#items.length) {
        this.#items.splice(0, this.#first)
        this.#first = 0
      }
    }
    return item
  }
}

/** How many places of dropped items may stay in front. */
const MOST_DROPPED = 1024

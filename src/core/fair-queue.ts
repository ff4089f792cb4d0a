/**
 * A fair queue: clients are served in turn (round robin), each in the order of its own items, so that whoever adds many
 * makes nobody else wait for them.
 */
export class FairQueue<Item> {
  /** The clients that have items, in the order of their turns. */
  readonly #waiting = new Map<string, Item[]>()

  /** Adds an item behind the others of its client. */
  add(client: string, item: Item): void {
    const items = this.#waiting.get(client)
    if (items) items.push(item)
    else this.#waiting.set(client, [item])
  }

  /**
   * Takes out the next item, of the client whose turn it is.
   * @param isPassed clients that keep their turn but cannot be served now
   * @returns undefined if nobody else waits
   */
  next(isPassed: (client: string) => boolean): Item | undefined {
    for (const [client, items] of this.#waiting) {
      if (isPassed(client)) continue
      const item = items.shift()
      // To the end: everybody else is next.
      this.#waiting.delete(client)
      if (items.length > 0) this.#waiting.set(client, items)
      return item
    }
    return undefined
  }

  /** Takes out an item that is not to be served any more. @returns whether it was still waiting */
  remove(client: string, item: Item): boolean {
    const items = this.#waiting.get(client) ?? []
    const place = items.indexOf(item)
    if (place < 0) return false
    items.splice(place, 1)
    if (items.length === 0) this.#waiting.delete(client)
    return true
  }
}

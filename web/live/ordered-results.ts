/** Work that is done concurrently, and whose results are needed in the order in which it was begun. */
export class OrderedResults {
  #last: Promise<unknown> = Promise.resolve()

  /** @returns what the work gives, or its error, once all that was begun before it has given its own */
  async add<Result>(work: Promise<Result>): Promise<Result> {
    const before = this.#last
    // Whether it failed does not matter to those behind it.
    this.#last = Promise.allSettled([before, work])
    await this.#last
    return work
  }
}

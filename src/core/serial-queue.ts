/**
 * A serial queue: pieces of work run one after another, never two at a time, in the order in which they were asked for.
 */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `work` when all that was asked for before has ended. @returns what it gives, or rejects as it does */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }
}

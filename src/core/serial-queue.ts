/** A serial queue: runs asynchronous tasks one after another, never two at a time, in the order of the calls. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `work` once everything queued before has settled. @returns its result, or rejects as it does */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }
}

/** A serial queue: runs asynchronous tasks one after another, never two at a time, in the order of the calls. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `work` once everything queued before has settled. @returns its result, or rejects as it does */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work)
    // Without the result, which may be large.
    this.#last = result.then(nothing, nothing)
    return result
  }

  /** Waits for its turn as `run` does, for work that ends elsewhere. @returns ends the turn */
  async acquire(): Promise<() => void> {
    const { promise: ended, resolve: release } = Promise.withResolvers<void>()
    const turn = this.#last
    this.#last = turn.then(() => ended)
    await turn
    return release
  }
}

function nothing(): void {}

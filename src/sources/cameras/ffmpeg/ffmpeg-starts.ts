/**
 * Lets only some programs start at the same time, first come, first served. Starting is what is costly: twenty cameras
 * that fail at once would otherwise start twenty programs, again and again.
 */
export class FfmpegStarts {
  readonly #most: number
  #starting = 0
  readonly #waiting: (() => void)[] = []

  /** @param most how many, at least 1 */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Waits for its turn.
   * @returns gives the turn to the next one; calling it again does nothing
   * @throws the signal's reason
   */
  async turn(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#starting >= this.#most) await this.#wait(signal)
    else this.#starting++
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const next = this.#waiting.shift()
      // The turn is handed on.
      if (next) next()
      else this.#starting--
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = () => {
      this.#waiting.splice(this.#waiting.indexOf(enter), 1)
      reject(signal.reason)
    }
    const enter = () => {
      signal.removeEventListener('abort', leave)
      resolve()
    }
    signal.addEventListener('abort', leave, { once: true })
    this.#waiting.push(enter)
    return promise
  }
}

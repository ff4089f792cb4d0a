/*
 * Ending a thread while it is inside native code aborts the whole process. So a thread says when it enters native code and
 * when it leaves, and whoever wants to end it says so: from then on it enters no more. Both are bits of one number in
 * shared memory, changed atomically.
 */
const INSIDE = 1
const ENDING = 2

/** The thread's side: around each stretch of native code. */
export class NativeGate {
  readonly #state: Int32Array

  /** @param memory of `createGate`; the thread is inside from the start */
  constructor(memory: SharedArrayBuffer) {
    this.#state = new Int32Array(memory)
  }

  /** To be called before native code. @throws ThreadEnding when the thread is to end */
  enter(): void {
    if (Atomics.or(this.#state, 0, INSIDE) & ENDING) this.leave()
  }

  /** To be called after native code. @throws ThreadEnding when the thread is to end */
  leave(): void {
    const before = Atomics.and(this.#state, 0, ~INSIDE)
    Atomics.notify(this.#state, 0)
    if (before & ENDING) throw new ThreadEnding()
  }
}

/** The thread is to end, and does no more work. */
export class ThreadEnding extends Error {}

/** The owner's side. */
export class ThreadEnd {
  readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  readonly #state = new Int32Array(this.memory)

  constructor() {
    // Loading native modules is native code too.
    this.#state[0] = INSIDE
  }

  /** Lets the thread enter no more native code. @returns whether it may be terminated now: it is not inside */
  announce(): boolean {
    return (Atomics.or(this.#state, 0, ENDING) & INSIDE) === 0
  }

  /**
   * Blocks until the thread is outside; for the end of the process, when nothing can be waited for otherwise.
   * @param patience ms
   * @returns whether it is
   */
  waitOutside(patience: number): boolean {
    return this.announce() || Atomics.wait(this.#state, 0, INSIDE | ENDING, patience) !== 'timed-out'
  }
}

import type { LiveFrame } from './live-frame.ts'
import type { Watch } from './watch.ts'

/** The callbacks of PendingFrames. */
export interface PendingFramesListener {
  /** All watches are done with frame `n`: its credit is due. */
  done(n: number): void
  /** An `onFrame` threw or rejected. */
  failed(error: unknown, watch: Watch): void
}

/**
 * The frames that watches are still processing: the client's half of credit-based flow control. When all watches are
 * done with a frame its credit is due; without credits the server stops sending (backpressure).
 */
export class PendingFrames {
  readonly #listener: PendingFramesListener
  readonly #pending = new Set<PendingFrame>()

  constructor(listener: PendingFramesListener) {
    this.#listener = listener
  }

  /** The number of frames being processed. */
  get size(): number {
    return this.#pending.size
  }

  /** Delivers a frame to each of the watches. @param n the frame's number in credits */
  deliver(n: number, frame: LiveFrame, watches: readonly Watch[]): void {
    const pending = { n, waiting: new Set(watches) }
    this.#pending.add(pending)
    for (const watch of watches) this.#hand(watch, frame).then(() => this.#settle(pending, watch))
    this.#tellIfDone(pending)
  }

  /** A watch has ended: no frame waits for it any more. */
  ended(watch: Watch): void {
    for (const pending of this.#pending) this.#settle(pending, watch)
  }

  /** The connection was lost: frames being processed get no credit. */
  clear(): void {
    this.#pending.clear()
  }

  async #hand(watch: Watch, frame: LiveFrame): Promise<void> {
    // An earlier `onFrame` may have ended this watch.
    if (watch.isEnded) return
    try {
      await watch.options.onFrame?.(frame)
    } catch (error) {
      if (!watch.isEnded) this.#listener.failed(error, watch)
    }
  }

  #settle(pending: PendingFrame, watch: Watch): void {
    pending.waiting.delete(watch)
    this.#tellIfDone(pending)
  }

  #tellIfDone(pending: PendingFrame): void {
    if (pending.waiting.size === 0 && this.#pending.delete(pending)) this.#listener.done(pending.n)
  }
}

interface PendingFrame {
  readonly n: number
  readonly waiting: Set<Watch>
}

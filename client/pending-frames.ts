import type { LiveFrame } from './live-frame.ts'
import type { Watch } from './watch.ts'

/** What PendingFrames tells. */
export interface PendingFramesListener {
  /** The frame `n` is drawn by all whom it was for: there is room for another. */
  done(n: number): void
  /** An `onFrame` failed. */
  failed(error: unknown, watch: Watch): void
}

/**
 * The frames that watches have in hand: the client's half of the flow control. A frame is done, and a credit due for it,
 * when all its watches are done with it; with no credit the server sends no more (backpressure).
 */
export class PendingFrames {
  readonly #listener: PendingFramesListener
  readonly #pending = new Set<PendingFrame>()

  constructor(listener: PendingFramesListener) {
    this.#listener = listener
  }

  /** How many frames are in hand. */
  get size(): number {
    return this.#pending.size
  }

  /** Hands a frame to each of the watches. @param n the frame's name in credits */
  deliver(n: number, frame: LiveFrame, watches: readonly Watch[]): void {
    const pending = { n, waiting: new Set(watches) }
    this.#pending.add(pending)
    for (const watch of watches) this.#hand(watch, frame).then(() => this.#settle(pending, watch))
    this.#tellIfDone(pending)
  }

  /** A watch has ended: nothing waits for it any more. */
  ended(watch: Watch): void {
    for (const pending of this.#pending) this.#settle(pending, watch)
  }

  /** The connection has ended: what is in hand will be drawn, and nobody is to hear of it. */
  clear(): void {
    this.#pending.clear()
  }

  async #hand(watch: Watch, frame: LiveFrame): Promise<void> {
    // One of those before may have ended it.
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

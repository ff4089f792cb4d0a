import type { LiveFrame } from './live-frame.ts'
import type { Watch } from './watch.ts'

/** What PendingFrames tells. */
export interface PendingFramesListener {
  /** The picture `n` is drawn by all whom it was for: there is room for another. */
  done(n: number): void
  /** An `onFrame` failed. */
  failed(error: unknown, watch: Watch): void
}

/** The pictures that watches have in hand. A picture is done when all its watches are done with it. */
export class PendingFrames {
  readonly #listener: PendingFramesListener
  readonly #underWay = new Set<PendingFrame>()

  constructor(listener: PendingFramesListener) {
    this.#listener = listener
  }

  /** How many pictures are in hand. */
  get size(): number {
    return this.#underWay.size
  }

  /** Hands a picture to each of the watches. @param n the picture's name in credits */
  deliver(n: number, frame: LiveFrame, watches: readonly Watch[]): void {
    const delivery = { n, waiting: new Set(watches) }
    this.#underWay.add(delivery)
    for (const watch of watches) this.#hand(watch, frame).then(() => this.#settle(delivery, watch))
    this.#tellIfDone(delivery)
  }

  /** A watch has ended: nothing waits for it any more. */
  ended(watch: Watch): void {
    for (const delivery of this.#underWay) this.#settle(delivery, watch)
  }

  /** The connection has ended: what is in hand will be drawn, and nobody is to hear of it. */
  clear(): void {
    this.#underWay.clear()
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

  #settle(delivery: PendingFrame, watch: Watch): void {
    delivery.waiting.delete(watch)
    this.#tellIfDone(delivery)
  }

  #tellIfDone(delivery: PendingFrame): void {
    if (delivery.waiting.size === 0 && this.#underWay.delete(delivery)) this.#listener.done(delivery.n)
  }
}

interface PendingFrame {
  readonly n: number
  readonly waiting: Set<Watch>
}

import type { Wish } from './demand.ts'
import type { Frame } from './frame.ts'
import type { FrameId } from './frame-id.ts'
import type { FlowMeter } from './meters.ts'
import type { Stream, Subscriber } from './stream.ts'

/** Told of each new frame that waits, and whether none waited before it. */
type Offered = (subscription: Subscription, isFirst: boolean) => void

/** One viewer's interest in one stream: which of its frames waits for the viewer, and from when on it is due. */
export class Subscription implements Subscriber {
  readonly stream: Stream
  readonly meter: FlowMeter
  wish: Wish
  /** When it was last served, as a count of the viewer's deliveries: the smallest is next. */
  turn = 0
  /** Where it stands among the viewer's waiting subscriptions, while it does. */
  place = 0
  readonly #offered: Offered
  #waiting: Frame | undefined
  // What is remembered of the frame that the viewer was given last: not the frame itself, which it would keep alive.
  #lastId: FrameId | undefined
  #lastReceivedAt = 0

  constructor(stream: Stream, meter: FlowMeter, wish: Wish, offered: Offered) {
    this.stream = stream
    this.meter = meter
    this.wish = wish
    this.#offered = offered
  }

  /** Whether a frame waits: the newest, if the viewer has not been given it. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /** A new frame: it takes the place of one that waits. */
  offer(frame: Frame): void {
    const isFirst = this.#waiting === undefined
    if (this.#waiting && this.#isDue(this.#waiting)) this.meter.skipped++
    this.#waiting = frame
    this.#offered(this, isFirst)
  }

  /** Offers the stream's newest frame, also one that the viewer was given before: who asks anew has nothing to show. */
  catchUp(): void {
    const { newest } = this.stream
    if (newest) this.offer(newest)
  }

  /** Lets go of the frame that waits, which the viewer has then not been given. */
  clear(): void {
    this.#waiting = undefined
  }

  /** Gives out the frame that waits. */
  take(): Frame | undefined {
    const frame = this.#waiting
    this.#waiting = undefined
    if (!frame) return undefined
    this.#lastId = frame.id
    this.#lastReceivedAt = frame.receivedAt
    return frame
  }

  /**
   * When the waiting frame is due, ms since 1970; 0: now. One that shares the last one's slot of time is so only after
   * a whole period without a newer: the last picture before a pause must not stay unseen.
   */
  get dueAt(): number {
    const frame = this.#waiting
    if (!frame || this.#isDue(frame)) return 0
    return frame.receivedAt + 1000 / (this.wish.maxFps ?? 1)
  }

  /** One frame of each slot of time is due, so equal rates choose equal frames; also when the clock was set back. */
  #isDue(frame: Frame): boolean {
    const { maxFps } = this.wish
    if (maxFps === undefined || this.#lastId === undefined) return true
    return Math.floor((frame.receivedAt * maxFps) / 1000) !== Math.floor((this.#lastReceivedAt * maxFps) / 1000)
  }
}

import type { FlowCounter } from './counters.ts'
import type { ViewerDemand } from './demand.ts'
import type { Accepts, Frame } from './frame.ts'
import type { FrameId } from './frame-id.ts'
import type { Payload } from './payload.ts'
import type { Turn } from './round-robin.ts'
import type { Stream, Subscriber } from './stream.ts'

/** What all subscriptions of one viewer share. */
export interface SubscriptionTerms<Carried extends Payload> {
  readonly accepts: Accepts<Carried>
  /** Called for each new frame that waits, with whether none was waiting before. */
  readonly offered: (subscription: Subscription<Carried>, isFirst: boolean) => void
}

/**
 * One viewer's subscription to one stream: which frame waits for the viewer, and when it is due (frame rate limit). A
 * newer frame replaces the waiting one (last value wins); there is no queue.
 */
export class Subscription<Carried extends Payload> implements Subscriber, Turn {
  readonly stream: Stream
  readonly counter: FlowCounter
  demand: ViewerDemand
  turn = 0
  place = 0
  readonly #terms: SubscriptionTerms<Carried>
  /** The stream that its frames come from: the stream itself or a rendition of it. */
  #source: Stream | undefined
  #waiting: Frame<Carried> | undefined
  // Fields of the last frame given to the viewer, not the frame itself, which would be kept alive.
  #lastId: FrameId | undefined
  #lastReceivedAt = 0
  #lastSequence = 0

  constructor(stream: Stream, counter: FlowCounter, demand: ViewerDemand, terms: SubscriptionTerms<Carried>) {
    this.stream = stream
    this.counter = counter
    this.demand = demand
    this.#terms = terms
  }

  /** Whether a frame is waiting: the newest, unless the viewer has got it already. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /**
   * Takes its frames from `source` from now on, with its current demand: the stream itself, or a rendition of it, whose
   * frames have the same ids and sequence numbers. On a first call the newest frame is offered even if the viewer has
   * got it before, since it shows nothing yet; on a switch only frames newer than the last one are offered.
   */
  follow(source: Stream): void {
    const before = this.#source
    this.#source = source
    source.subscribe(this)
    if (before === source) return
    before?.unsubscribe(this)
    const { newest } = source
    if (!newest) return
    // A rendition that nobody wanted for a while has an outdated picture.
    if (source !== this.stream && newest.sequence < (this.stream.newest?.sequence ?? 0)) return
    if (before) this.offer(newest)
    else this.#offer(newest)
  }

  /** Unsubscribes and drops the waiting frame. */
  stop(): void {
    this.#source?.unsubscribe(this)
    this.#source = undefined
    this.#waiting = undefined
  }

  /** A new frame: it replaces the one that is waiting. */
  offer(frame: Frame): void {
    // A rendition may lag behind the stream, of which the viewer may just have got a frame.
    if (frame.sequence > this.#lastSequence) this.#offer(frame)
  }

  /** Takes out the waiting frame. */
  take(): Frame<Carried> | undefined {
    const frame = this.#waiting
    this.#waiting = undefined
    if (!frame) return undefined
    this.#lastId = frame.id
    this.#lastReceivedAt = frame.receivedAt
    this.#lastSequence = frame.sequence
    return frame
  }

  /**
   * When the waiting frame is due, ms since 1970; 0: now. A frame in the same time slot as the last one is due only
   * after a whole period without a newer one, so that the last picture before a pause is still shown.
   */
  get dueAt(): number {
    const frame = this.#waiting
    if (!frame || this.#isDue(frame)) return 0
    return frame.receivedAt + 1000 / (this.demand.maxFps ?? 1)
  }

  #offer(frame: Frame): void {
    if (!this.#terms.accepts.includes(frame)) return
    const waiting = this.#waiting
    if (waiting && waiting.sequence > frame.sequence) return
    if (waiting && waiting.sequence < frame.sequence && this.#isDue(waiting)) this.counter.skipped++
    this.#waiting = frame
    this.#terms.offered(this, waiting === undefined)
  }

  /**
   * One frame of each time slot is due, so viewers with equal rates get equal frames, even if the clock is set back.
   */
  #isDue(frame: Frame): boolean {
    const { maxFps } = this.demand
    if (maxFps === undefined || this.#lastId === undefined) return true
    return Math.floor((frame.receivedAt * maxFps) / 1000) !== Math.floor((this.#lastReceivedAt * maxFps) / 1000)
  }
}

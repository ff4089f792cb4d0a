import type { FlowCounter } from './counters.ts'
import type { ViewerDemand } from './demand.ts'
import type { Accepts, Frame } from './frame.ts'
import type { FrameId } from './frame-id.ts'
import type { Payload } from './payload.ts'
import type { Turn } from './round-robin.ts'
import type { Stream, Subscriber } from './stream.ts'

/** What all subscriptions of one viewer have in common. */
export interface SubscriptionTerms<Carried extends Payload> {
  readonly accepts: Accepts<Carried>
  /** Told of each new frame that waits, and whether none waited before it. */
  readonly offered: (subscription: Subscription<Carried>, isFirst: boolean) => void
}

/**
 * One viewer's subscription to one stream: which of its frames waits for the viewer, and from when on it is due (frame
 * rate limit). The newest takes the place of the one that waits; there is no queue.
 */
export class Subscription<Carried extends Payload> implements Subscriber, Turn {
  readonly stream: Stream
  readonly counter: FlowCounter
  demand: ViewerDemand
  turn = 0
  place = 0
  readonly #terms: SubscriptionTerms<Carried>
  /** The stream that its frames come from: its own, or a rendition of that. */
  #source: Stream | undefined
  #waiting: Frame<Carried> | undefined
  // What is remembered of the frame that the viewer was given last: not the frame itself, which it would keep alive.
  #lastId: FrameId | undefined
  #lastReceivedAt = 0
  #lastSequence = 0

  constructor(stream: Stream, counter: FlowCounter, demand: ViewerDemand, terms: SubscriptionTerms<Carried>) {
    this.stream = stream
    this.counter = counter
    this.demand = demand
    this.#terms = terms
  }

  /** Whether a frame waits: the newest, if the viewer has not been given it. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /**
   * Takes its frames from that stream from now on, with its demand as it is: the stream itself, or a rendition of it,
   * whose frames bear the same ids and numbers. Whoever begins is offered the newest, also one that it was given
   * before, since it has nothing to show; whoever changes over goes on with what is newer than what it was given.
   */
  follow(source: Stream): void {
    const before = this.#source
    this.#source = source
    source.subscribe(this)
    if (before === source) return
    before?.unsubscribe(this)
    const { newest } = source
    if (!newest) return
    // A rendition that nobody wanted for a while has an old picture.
    if (source !== this.stream && newest.sequence < (this.stream.newest?.sequence ?? 0)) return
    if (before) this.offer(newest)
    else this.#offer(newest)
  }

  /** Takes no more frames, and lets go of the one that waits, which the viewer has then not been given. */
  stop(): void {
    this.#source?.unsubscribe(this)
    this.#source = undefined
    this.#waiting = undefined
  }

  /** A new frame: it takes the place of one that waits. */
  offer(frame: Frame): void {
    // A rendition may lag behind the stream that the viewer was just given a frame of.
    if (frame.sequence > this.#lastSequence) this.#offer(frame)
  }

  /** Gives out the frame that waits. */
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
   * When the waiting frame is due, ms since 1970; 0: now. One that shares the last one's slot of time is so only after
   * a whole period without a newer: the last picture before a pause must not stay unseen.
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

  /** One frame of each slot of time is due, so equal rates choose equal frames; also when the clock was set back. */
  #isDue(frame: Frame): boolean {
    const { maxFps } = this.demand
    if (maxFps === undefined || this.#lastId === undefined) return true
    return Math.floor((frame.receivedAt * maxFps) / 1000) !== Math.floor((this.#lastReceivedAt * maxFps) / 1000)
  }
}

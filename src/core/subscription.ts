import { colouringId, scaleId } from './colouring.ts'
import type { FlowCounter } from './counters.ts'
import type { ViewerDemand } from './demand.ts'
import type { Refusal } from './errors.ts'
import { type Accepts, type Frame, shownWidthOf } from './frame.ts'
import { frameDueAt } from './frame-pace.ts'
import type { Payload } from './payload.ts'
import type { QuotaClient } from './quota-client.ts'
import type { Turn } from './round-robin.ts'
import type { Stream } from './stream.ts'
import type { Subscriber } from './subscribers.ts'

/** What all subscriptions of one viewer share. */
export interface SubscriptionTerms<Carried extends Payload> {
  readonly accepts: Accepts<Carried>
  readonly client: QuotaClient
  /** Called for each new frame that waits, with whether none was waiting before. */
  readonly offered: (subscription: Subscription<Carried>, isFirst: boolean) => void
  /** Called when what is wanted cannot be made, once for each reason until there is a frame. */
  readonly refused: (subscription: Subscription<Carried>, refusal: Refusal) => void
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
  /** Undefined while the viewer shows none. */
  #lastReceivedAt: number | undefined
  #lastSequence = 0
  /** The stream's frames up to that number are from before the viewer came, and not for it. */
  #before: number
  #lastWidth = 0
  /** How its values were drawn or are written, if it was made of an array. */
  #lastForm: string | undefined
  #refusal: Refusal | undefined

  constructor(stream: Stream, counter: FlowCounter, demand: ViewerDemand, terms: SubscriptionTerms<Carried>) {
    this.stream = stream
    this.counter = counter
    this.demand = demand
    this.#terms = terms
    this.#before = this.#sequenceBefore
  }

  /** For whom it is. */
  get client(): QuotaClient {
    return this.#terms.client
  }

  /** Whether a frame is waiting: the newest, unless the viewer has got it already. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /** Why the viewer gets nothing; undefined while what it wants can be made. */
  get refusal(): Refusal | undefined {
    return this.#refusal
  }

  /** Whether what waits, if anything does, is of a kind that a demand has. */
  isWaitingFor({ kinds = this.#terms.accepts.kinds }: ViewerDemand): boolean {
    return !this.#waiting || kinds.includes(this.#waiting.payload.kind)
  }

  /** The newest frame that there is for the viewer, given to it or not; undefined also if the viewer does not accept it. */
  get newest(): Frame<Carried> | undefined {
    const newest = this.#source?.newest
    return newest && newest.sequence > this.#before && this.#takes(newest) ? newest : undefined
  }

  /**
   * Takes its frames from `source` from now on, with its current demand: the stream itself, or a rendition of it, whose
   * frames have the same ids and sequence numbers. Only what is newer than the last frame is offered, or the same frame in
   * the larger picture, the other colours, or the other values, that are wanted now.
   */
  follow(source: Stream): void {
    const before = this.#source
    this.#source = source
    if (before !== source) this.#refusal = undefined
    source.subscribe(this)
    if (before === source) return
    if (before) before.unsubscribe(this)
    else this.#before = this.#sequenceBefore
    if (source.newest) this.offer(source.newest)
  }

  /** Whether the frame is for the viewer, given to it or not: it watches, and has since before it. */
  isFor({ sequence }: Frame): boolean {
    return this.#source !== undefined && sequence > this.#before
  }

  /** Unsubscribes and drops the waiting frame. The last one may come again, at once, since the viewer shows nothing then. */
  stop(): void {
    this.#source?.unsubscribe(this)
    this.#source = undefined
    this.#waiting = undefined
    this.#lastReceivedAt = undefined
    this.#refusal = undefined
  }

  refuse(refusal: Refusal): void {
    if (this.#refusal?.message === refusal.message) return
    this.#refusal = refusal
    this.#terms.refused(this, refusal)
  }

  /** A new frame: it replaces the one that is waiting. */
  offer(frame: Frame): void {
    if (frame.sequence <= this.#before) return
    // A rendition may lag behind the stream, of which the viewer may just have got a frame.
    const isSame = frame.sequence === this.#lastSequence
    if (
      frame.sequence > this.#lastSequence ||
      (isSame && (this.#lastReceivedAt === undefined || this.#isBetter(frame)))
    )
      this.#offer(frame)
  }

  /** Takes out the waiting frame. */
  take(): Frame<Carried> | undefined {
    const frame = this.#waiting
    this.#waiting = undefined
    if (!frame) return undefined
    this.#lastReceivedAt = frame.receivedAt
    this.#lastSequence = frame.sequence
    this.#lastWidth = shownWidthOf(frame)
    this.#lastForm = formOf(frame)
    return frame
  }

  /** When the waiting frame is due by the limit of the frame rate, ms since 1970; 0: now. */
  get dueAt(): number {
    return this.#waiting ? this.#dueAt(this.#waiting) : 0
  }

  /** The number of the last frame that is not for a viewer who comes now. */
  get #sequenceBefore(): number {
    return this.stream.start === 'next' ? this.stream.sequence : 0
  }

  /** Whether its picture is larger than that of the last frame, which was too small, or it has another form. */
  #isBetter(frame: Frame): boolean {
    if (formOf(frame) !== this.#lastForm) return true
    if (shownWidthOf(frame) <= this.#lastWidth) return false
    const { quality, width } = this.demand
    return quality !== undefined || width === undefined || this.#lastWidth < width
  }

  #offer(frame: Frame): void {
    if (!this.#takes(frame)) return
    this.#refusal = undefined
    const waiting = this.#waiting
    if (waiting && waiting.sequence > frame.sequence) return
    if (waiting && waiting.sequence < frame.sequence && this.#dueAt(waiting) === 0) this.counter.skipped++
    this.#waiting = frame
    this.#terms.offered(this, waiting === undefined)
  }

  #takes(frame: Frame): frame is Frame<Carried> {
    const { accepts } = this.#terms
    const { kinds = accepts.kinds } = this.demand
    return kinds.includes(frame.payload.kind) && accepts.includes(frame)
  }

  #dueAt({ receivedAt }: Frame): number {
    return frameDueAt(receivedAt, this.#lastReceivedAt, this.demand.maxFps)
  }
}

function formOf({ payload }: Frame): string | undefined {
  if (payload.kind === 'image') return payload.colouring && colouringId(payload.colouring)
  if (payload.kind === 'raw-array') return payload.kind
  const { type, compression, quantisation } = payload
  return `${type} ${compression} ${quantisation ? scaleId(quantisation) : ''}`
}

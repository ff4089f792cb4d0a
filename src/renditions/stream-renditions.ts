import type { Clock } from '../core/clock.ts'
import type { Demand, ViewerDemand } from '../core/demand.ts'
import { type Frame, isImageFrame } from '../core/frame.ts'
import type { Log } from '../core/log.ts'
import { arraySize } from '../core/payload.ts'
import { PRIVILEGED, type QuotaClient } from '../core/quota-client.ts'
import type { Turn } from '../core/round-robin.ts'
import type { Stream } from '../core/stream.ts'
import type { DecodingResult } from '../core/stream-condition.ts'
import type { Subscriber } from '../core/subscribers.ts'
import { demandOf, Rendition } from './rendition.ts'
import type { Failure, RenditionCounts } from './rendition-counts.ts'
import { RenditionOrder } from './rendition-order.ts'
import type { RenditionPlace, RenditionPlaces } from './rendition-places.ts'
import { isRightFor, mayBeOriginal, pixelsOf, type Rung, valuesBytesOf } from './rungs.ts'
import type { ScaleTurns, ScaleWork } from './scale-turns.ts'
import { type ScaledPictures, type ScaleJob, ScalerFailure, UndecodablePicture } from './scaler.ts'
import { tooLargeRefusal } from './too-large.ts'

/** What the renditions of all streams share. */
export interface RenditionParts {
  readonly clock: Clock
  readonly log: Log
  readonly counts: RenditionCounts
  readonly places: RenditionPlaces
  readonly turns: ScaleTurns
  /** Larger pictures are not decoded. */
  readonly maxPixels: number
  /** The rendition at that rung needs a place and gets none: what can its viewers follow instead? */
  readonly outOfRoom: (original: Stream, rung: Rung) => void
  /** Whether its newest pictures can be decoded: `Hub.judge`. */
  readonly judge: (original: Stream, found: DecodingResult) => void
}

/**
 * The renditions of one stream that are watched. Follows the stream for all of them, so that each frame is decoded once,
 * and wants of it what their viewers want together. Kept for as long as the stream, watched or not: who leaves and comes
 * back has no earlier turn than those who stayed.
 */
export class StreamRenditions implements Subscriber, Turn, ScaleWork {
  readonly client = PRIVILEGED
  demand: ViewerDemand = {}
  turn = 0
  place = 0
  /** It waits for a turn only while something is due. */
  readonly dueAt = 0
  readonly #original: Stream
  readonly #parts: RenditionParts
  readonly #renditions = new Map<string, Rendition>()
  /** What is being made. */
  #order: RenditionOrder | undefined
  #isWaitingForTurn = false
  #cancelTimer: (() => void) | undefined

  constructor(original: Stream, parts: RenditionParts) {
    this.#original = original
    this.#parts = parts
  }

  /** The rendition at that rung, if it is watched. */
  get(rung: Rung): Rendition | undefined {
    return this.#renditions.get(rung.id)
  }

  /** Adds the rendition at a rung, to be watched at once. */
  add(rung: Rung, place: RenditionPlace | undefined): Rendition {
    const rendition = new Rendition(this.#original, rung, this.#viewersChanged)
    rendition.place = place
    this.#renditions.set(rung.id, rendition)
    const { newest } = this.#original
    if (newest) {
      rendition.wait(newest)
      // A still stream has a picture too; one that is right as it is there at once.
      if (isRightFor(newest, rung)) this.#passOn(rendition, newest)
    }
    return rendition
  }

  /** There is a place for a rendition that had none. */
  givePlace(rendition: Rendition, place: RenditionPlace): void {
    rendition.place = place
    const { newest } = this.#original
    if (newest && newest.id !== rendition.stream.newest?.id) rendition.wait(newest)
    this.#serve()
  }

  /** No pictures can be made any more. */
  losePlaces(): void {
    for (const rendition of this.#renditions.values()) {
      const { place } = rendition
      if (!place) continue
      rendition.take()
      rendition.place = undefined
      this.#parts.places.give(place)
      this.#lostPlace(rendition, place.bytes)
    }
  }

  /** A new frame of the original. */
  offer(frame: Frame): void {
    const now = this.#parts.clock.now()
    for (const rendition of this.#renditions.values()) {
      if (rendition.knows(frame)) continue
      if (rendition.isDue(now)) this.#parts.counts.skipped++
      rendition.wait(frame)
    }
    this.#serve()
  }

  begin(): ScaleJob | undefined {
    this.#isWaitingForTurn = false
    const now = this.#parts.clock.now()
    const frame = this.#newestDue(now)
    if (!frame) return undefined
    const order = new RenditionOrder(frame)
    for (const rendition of this.#renditions.values()) {
      if (rendition.waiting !== frame || !rendition.isDue(now)) continue
      if (isRightFor(frame, rendition.rung) || !this.#mayMake(rendition, frame)) continue
      rendition.take()
      order.add(rendition)
    }
    const { job } = order
    if (job) this.#order = order
    return job
  }

  done(made: ScaledPictures): void {
    const { counts } = this.#parts
    counts.made += made.pictures.length + (made.values?.length ?? 0)
    if (made.isDamaged) counts.damaged++
    this.#parts.judge(this.#original, 'decodable')
    this.#finish((order, monotonic) => order.done(made, monotonic))
  }

  failed(error: unknown): void {
    const isUndecodable = error instanceof UndecodablePicture
    if (!isUndecodable && !(error instanceof ScalerFailure))
      this.#parts.log.error({ err: error, stream: this.#original.name }, 'a picture could not be made')
    this.#parts.counts.failed[isUndecodable ? 'undecodable' : 'thread']++
    const frame = this.#order?.frame
    // Values that cannot be drawn are not undecodable pictures: their instrument says what is wrong.
    if (isUndecodable && frame && isImageFrame(frame)) {
      const since = this.#original.undecodable?.since ?? frame.receivedAt
      this.#parts.judge(this.#original, { reason: error.message, since })
    }
    this.#finish((order, monotonic) => (isUndecodable ? order.fail(monotonic) : order.retry(monotonic)))
  }

  #finish(settle: (order: RenditionOrder, monotonic: number) => void): void {
    const order = this.#order
    this.#order = undefined
    if (order) settle(order, this.#parts.clock.monotonic())
    this.#serve()
  }

  /** Passes on what is due and right as it is, and waits for a turn for the rest, or for what is due later. */
  #serve(): void {
    const now = this.#parts.clock.now()
    let isWork = false
    let isPassedOn = false
    let later = Number.POSITIVE_INFINITY
    for (const rendition of this.#renditions.values()) {
      const { waiting, dueAt } = rendition
      if (!waiting || dueAt === undefined) continue
      if (dueAt > now) later = Math.min(later, dueAt)
      else if (isRightFor(waiting, rendition.rung)) {
        this.#passOn(rendition, waiting)
        isPassedOn = true
      } else if (this.#mayMake(rendition, waiting)) isWork = true
    }
    // Nothing of the newest frame is decoded here, so nothing is known of it.
    if (isPassedOn && !isWork && !this.#order && later === Number.POSITIVE_INFINITY)
      this.#parts.judge(this.#original, 'untried')
    if (isWork && !this.#order && !this.#isWaitingForTurn) {
      this.#isWaitingForTurn = true
      this.#parts.turns.addStream(this)
    }
    this.#cancelTimer?.()
    this.#cancelTimer =
      later === Number.POSITIVE_INFINITY ? undefined : this.#parts.clock.after(later - now, () => this.#serve())
  }

  #passOn(rendition: Rendition, frame: Frame): void {
    rendition.take()
    this.#parts.counts.passedOn++
    rendition.show(frame, frame.payload, this.#parts.clock.monotonic())
    const { place } = rendition
    if (!place || !rendition.isPassingOn) return
    rendition.place = undefined
    this.#parts.places.give(place)
  }

  /** Whether a picture may be made of the frame that waits; otherwise it is given up. */
  #mayMake(rendition: Rendition, { payload }: Frame): boolean {
    const { places, maxPixels } = this.#parts
    if (pixelsOf(payload) > maxPixels) {
      this.#giveUp(rendition, 'too_large')
      const refusal = tooLargeRefusal(payload, maxPixels)
      rendition.refuse(() => refusal)
      return false
    }
    // Known without a thread, where the same job may write its values.
    if (!rendition.rung.values && payload.kind !== 'image' && !arraySize(payload.shape)) {
      this.#giveUp(rendition, 'undecodable')
      return false
    }
    const bytes = valuesBytesOf(rendition.rung, payload)
    rendition.place = places.resized(rendition.place, bytes, clientsOf(rendition))
    if (rendition.place) return true
    const original = rendition.waiting
    this.#giveUp(rendition, 'no_room')
    // It may take seconds until the viewers of all streams have been asked what they follow now.
    if (original && isImageFrame(original) && mayBeOriginal(rendition.rung))
      rendition.show(original, original.payload, this.#parts.clock.monotonic())
    this.#lostPlace(rendition, bytes)
    return false
  }

  #giveUp(rendition: Rendition, why: Failure): void {
    const { waiting } = rendition
    rendition.take()
    this.#parts.counts.failed[why]++
    if (waiting) rendition.fail(waiting, this.#parts.clock.monotonic())
  }

  /** The newest frame that is due for any rendition; in general all wait for the same one. */
  #newestDue(now: number): Frame | undefined {
    let newest: Frame | undefined
    for (const rendition of this.#renditions.values()) {
      const { waiting } = rendition
      if (waiting && rendition.isDue(now) && waiting.sequence > (newest?.sequence ?? 0)) newest = waiting
    }
    return newest
  }

  // One function for all renditions, not one for each.
  readonly #viewersChanged = (rendition: Rendition, demand: Demand, before: Demand): void => {
    if (demand.viewers === 0) this.#drop(rendition)
    else if (demand.viewers < before.viewers) this.#keepPlace(rendition)
    else if (demand.viewers > before.viewers) this.#viewerCame(rendition)
    if (this.#renditions.size === 0) return
    this.demand = demandOf(this.#renditions.values())
    this.#original.subscribe(this)
    if (before.viewers === 0 || demand.maxFps !== before.maxFps) this.#serve()
  }

  #viewerCame(rendition: Rendition): void {
    const { rung, place } = rendition
    if (this.#original.start === 'next') rendition.owe(this.#original.sequence)
    // It is told at once, not with the next frame.
    if (!place && hasWork(this.#original, rung)) this.#refuse(rendition, knownBytesOf(this.#original, rung))
  }

  #refuse(rendition: Rendition, bytes: number): void {
    rendition.refuse((client) => this.#parts.places.refusalFor(client, bytes))
  }

  #drop(rendition: Rendition): void {
    const { id } = rendition.rung
    if (this.#renditions.get(id) !== rendition) return
    this.#renditions.delete(id)
    if (rendition.place) this.#parts.places.give(rendition.place)
    rendition.place = undefined
    if (this.#renditions.size > 0) return
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (this.#isWaitingForTurn) this.#parts.turns.removeStream(this)
    this.#isWaitingForTurn = false
    this.#parts.judge(this.#original, 'untried')
    this.#original.unsubscribe(this)
  }

  /** The place that a rendition has counts for somebody who watches it. */
  #keepPlace(rendition: Rendition): void {
    const { place, stream } = rendition
    if (!place) return
    for (const { client } of stream.subscribers) if (client.client === place.client.client) return
    rendition.place = this.#parts.places.handOn(place, clientsOf(rendition))
    if (!rendition.place) this.#lostPlace(rendition, place.bytes)
  }

  /** There is no place for a rendition, of so many bytes: its viewers get something else, or are told that they get nothing. */
  #lostPlace(rendition: Rendition, bytes: number): void {
    rendition.dropValues()
    this.#refuse(rendition, bytes)
    this.#parts.outOfRoom(this.#original, rendition.rung)
  }
}

function* clientsOf({ stream }: Rendition): Iterable<QuotaClient> {
  for (const { client } of stream.subscribers) yield client
}

/**
 * Whether pictures of the stream must be made for the rung, as its newest frame has it. Not known before there is one; of
 * arrays always, also where none is kept while nobody watches.
 */
export function hasWork({ newest, kind = 'image' }: Stream, rung: Rung): boolean {
  return newest ? !isRightFor(newest, rung) : kind !== 'image'
}

/** How much memory the values take that the rung has of the stream's newest frame, in bytes; 0 while there is none. */
export function knownBytesOf({ newest }: Stream, rung: Rung): number {
  return newest ? valuesBytesOf(rung, newest.payload) : 0
}

import type { PieceOrder } from '../core/array-piece.ts'
import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import type { PictureWish, ViewerDemand, WatchDemand } from '../core/demand.ts'
import { Refusal } from '../core/errors.ts'
import { type Frame, type ImageFrame, isImageFrame } from '../core/frame.ts'
import type { Renditions } from '../core/hub-parts.ts'
import type { Log } from '../core/log.ts'
import type { QuotaRules } from '../core/quota.ts'
import type { QuotaClient } from '../core/quota-client.ts'
import type { Stream } from '../core/stream.ts'
import { streamId } from '../core/stream-name.ts'
import { RenditionCounts } from './rendition-counts.ts'
import { brokenRefusal, type RenditionPlaceRules, RenditionPlaces } from './rendition-places.ts'
import { Reroutes } from './reroutes.ts'
import { fitted, isRightPicture, Ladder, mayBeOriginal, pixelsOf, type Rung, type RungRules } from './rungs.ts'
import { ScaleTurns } from './scale-turns.ts'
import type { Scaler } from './scaler.ts'
import { ScalerHealth } from './scaler-health.ts'
import { SinglePictures } from './single-pictures.ts'
import { writtenInTurn } from './single-values.ts'
import { hasWork, knownBytesOf, type RenditionParts, StreamRenditions } from './stream-renditions.ts'
import { tooLargeRefusal } from './too-large.ts'

/** What renditions are made with. */
export interface RenditionMakerParts {
  readonly clock: Clock
  readonly log: Log
  readonly counters: Pick<Counters, 'limited'>
  readonly scaler: Scaler
  readonly rules: RenditionRules
  /** Asks the viewers of a stream again what they follow, one in each step (`Hub.reroute`). */
  readonly reroute: (stream: Stream) => Iterator<unknown>
  /** Is told whether the pictures of a stream can be decoded, as far as that is known (`Hub.judge`). */
  readonly judge: RenditionParts['judge']
}

/** Settings of renditions. */
export interface RenditionRules extends RenditionPlaceRules {
  readonly rungs: RungRules
  /** How many single pictures may wait. */
  readonly waiting: QuotaRules
  /** Larger pictures are not decoded. */
  readonly maxPixels: number
}

/**
 * Makes renditions while somebody watches them. One that passes on what is right as it is costs next to nothing and
 * counts for nobody; it takes a place with the first picture that has to be made.
 */
export class RenditionMaker implements Renditions {
  readonly counts = new RenditionCounts()
  readonly #ladder: Ladder
  readonly #maxPixels: number
  readonly #health: ScalerHealth
  readonly #places: RenditionPlaces
  readonly #turns: ScaleTurns
  readonly #singles: SinglePictures
  readonly #reroutes: Reroutes
  /** Of those that were ever watched. */
  readonly #ofStream = new Map<string, StreamRenditions>()
  readonly #parts: RenditionParts

  constructor({ clock, log, counters, scaler, rules, reroute, judge }: RenditionMakerParts) {
    this.#ladder = new Ladder(rules.rungs)
    this.#maxPixels = rules.maxPixels
    this.#health = new ScalerHealth(log, () => {
      for (const renditions of this.#ofStream.values()) renditions.losePlaces()
      this.#turns.failSingles('the threads that make pictures fail')
    })
    this.#reroutes = new Reroutes(clock, reroute, () => !this.#places.isFull)
    this.#places = new RenditionPlaces(rules, this.#health, counters, () => this.#reroutes.roomFreed())
    scaler.onIdle(() => {
      if (this.#health.retry()) this.#reroutes.roomFreed()
    })
    this.#turns = new ScaleTurns(scaler, this.#health, clock)
    this.#singles = new SinglePictures(this.#turns, this.counts, rules.waiting)
    this.#parts = {
      clock,
      log,
      counts: this.counts,
      places: this.#places,
      turns: this.#turns,
      maxPixels: rules.maxPixels,
      judge,
      outOfRoom: (original, rung) =>
        mayBeOriginal(rung) ? this.#reroutes.soon(original) : this.#reroutes.refused(original),
    }
  }

  /** How many renditions pictures are made for. */
  get running(): number {
    return this.#places.used
  }

  /** How much memory those of values may take, in bytes. */
  get valuesBytes(): number {
    return this.#places.usedBytes
  }

  /** How many jobs wait for a thread. */
  get waiting(): number {
    return this.#turns.waiting
  }

  sourceFor(stream: Stream, demand: ViewerDemand, client: QuotaClient): Stream | undefined {
    const rung = this.#rungFor(stream, demand)
    if (!rung) return undefined
    const known = this.#ofStream.get(streamId(stream.name))
    const rendition = known?.get(rung)
    const needsPlace = !rendition?.place && hasWork(stream, rung)
    const place = needsPlace ? this.#places.take(client, knownBytesOf(stream, rung)) : undefined
    if (needsPlace && !place) {
      this.#reroutes.refused(stream)
      // A viewer that takes JPEGs only, no arrays, or no larger values, cannot be given the original: it gets what can be
      // passed on.
      if (mayBeOriginal(rung)) return undefined
    }
    if (rendition) {
      if (place) known?.givePlace(rendition, place)
      return rendition.stream
    }
    const renditions = known ?? new StreamRenditions(stream, this.#parts)
    this.#ofStream.set(streamId(stream.name), renditions)
    return renditions.add(rung, place).stream
  }

  checkRoom(stream: Stream, demand: WatchDemand, client: QuotaClient): void {
    const rung = this.#rungFor(stream, { ...demand, kinds: ['image'] })
    if (!rung || this.#ofStream.get(streamId(stream.name))?.get(rung)?.place || !hasWork(stream, rung)) return
    const refusal = this.#places.refusalFor(client, knownBytesOf(stream, rung))
    if (refusal) throw refusal
  }

  async pictureOf(frame: Frame, wish: PictureWish, client: QuotaClient, signal?: AbortSignal): Promise<ImageFrame> {
    if (isImageFrame(frame)) {
      const rung = this.#ladder.rungFor(wish)
      if (!rung || isRightPicture(frame, rung)) return frame
      return this.#make(frame, rung, client, signal)
    }
    return this.#make(frame, this.#ladder.arrayRungFor(wish), client, signal)
  }

  newestPicture(stream: Stream, wish: PictureWish): ImageFrame | undefined {
    const rung = this.#rungFor(stream, { ...wish, kinds: ['image'] })
    const newest = rung ? this.#ofStream.get(streamId(stream.name))?.get(rung)?.stream.newest : stream.newest
    return newest && isImageFrame(newest) ? newest : undefined
  }

  async written(order: PieceOrder, client: QuotaClient, signal: AbortSignal): Promise<Uint8Array> {
    if (this.#health.isBroken)
      throw new Refusal('unavailable', 'This server can write no large arrays at the moment; its log says why.')
    return writtenInTurn(this.#turns, order, client, signal)
  }

  /** The stream was removed. */
  forget(stream: Stream): void {
    this.#ofStream.delete(streamId(stream.name))
    this.#reroutes.forget(stream)
  }

  /** Nothing more is made; who waits for a picture is refused. */
  close(): void {
    this.#turns.close()
    this.#reroutes.close()
  }

  /** The rung that serves a demand; undefined: the stream itself does. */
  #rungFor({ kind = 'image' }: Stream, demand: ViewerDemand): Rung | undefined {
    const { kinds = [], values } = demand
    if (kind !== 'image' && values) return this.#ladder.valuesRungFor(demand)
    if (!kinds.includes('image')) return undefined
    if (kind === 'image') return this.#ladder.rungFor(demand)
    return kinds.includes(kind) ? undefined : this.#ladder.arrayRungFor(demand)
  }

  async #make(frame: Frame, rung: Rung, client: QuotaClient, signal?: AbortSignal): Promise<ImageFrame> {
    const made = this.#madeOf(frame, rung)
    if (made) return made
    if (this.#health.isBroken) throw brokenRefusal()
    if (pixelsOf(frame.payload) > this.#maxPixels) throw tooLargeRefusal(frame.payload, this.#maxPixels)
    return this.#singles.make(frame, rung, fitted(frame.size, rung), client, signal)
  }

  /** The picture that the viewers of the rendition have of that frame, if it is their newest. */
  #madeOf(frame: Frame, rung: Rung): ImageFrame | undefined {
    const newest = this.#ofStream.get(streamId(frame.stream))?.get(rung)?.stream.newest
    if (newest?.id !== frame.id || !isImageFrame(newest)) return undefined
    return newest.payload === frame.payload ? undefined : newest
  }
}

import { type Demand, NO_DEMAND } from '../core/demand.ts'
import type { Refusal } from '../core/errors.ts'
import { Frame, isImageFrame } from '../core/frame.ts'
import { frameDueAt } from '../core/frame-pace.ts'
import type { Payload } from '../core/payload.ts'
import type { QuotaClient } from '../core/quota-client.ts'
import { Stream, type StreamRules } from '../core/stream.ts'
import type { RenditionPlace } from './rendition-places.ts'
import { mayBeOriginal, type Rung } from './rungs.ts'

/**
 * One stream at one size, or its values written in one way: a stream of its own outside the hub, and the frame that waits
 * to be made. A newer frame replaces it; there is no queue.
 */
export class Rendition {
  readonly rung: Rung
  /** What its viewers follow. Keeps the newest frame only. */
  readonly stream: Stream
  /** Undefined while nothing had to be made, or nobody had room for it. */
  place: RenditionPlace | undefined
  #waiting: Frame | undefined
  #lastAt: number | undefined
  /** Somebody waits for the first frame after the one of this number. */
  #owedAfter: number | undefined
  /** Of the last frame that waited. */
  #lastSequence = 0
  #failures = 0
  /** How many frames in a row were shown as they are. */
  #passedOn = 0

  /** @param changed called when its viewers or what they want has changed */
  constructor(original: Stream, rung: Rung, changed: (rendition: Rendition, demand: Demand, before: Demand) => void) {
    this.rung = rung
    this.stream = new Stream(original.name, NEWEST_ONLY, original.since, (_stream, demand, before) =>
      changed(this, demand, before),
    )
  }

  /** Frames a second that are wanted, at most; undefined: all. */
  get maxFps(): number | undefined {
    const wanted = this.stream.demand.maxFps
    const { maxFps } = this.rung
    return wanted === undefined || maxFps === undefined ? (maxFps ?? wanted) : Math.min(maxFps, wanted)
  }

  /** The frame that waits. */
  get waiting(): Frame | undefined {
    return this.#waiting
  }

  /** When the frame that waits is due, ms since 1970; 0: now; undefined: none waits. */
  get dueAt(): number | undefined {
    if (!this.#waiting) return undefined
    return this.#isOwed(this.#waiting) ? 0 : frameDueAt(this.#waiting.receivedAt, this.#lastAt, this.maxFps)
  }

  /** Somebody has come who gets nothing up to the frame of this number: the next one is due at once. */
  owe(sequence: number): void {
    this.#owedAfter = sequence
  }

  #isOwed({ sequence }: Frame): boolean {
    return this.#owedAfter !== undefined && sequence > this.#owedAfter
  }

  /** Whether the frame that waits is due. @param now ms since 1970 */
  isDue(now: number): boolean {
    const { dueAt } = this
    return dueAt !== undefined && dueAt <= now
  }

  /** A new frame waits, in the place of one that may wait already. */
  wait(frame: Frame): void {
    this.#waiting = frame
    this.#lastSequence = frame.sequence
  }

  /** Whether that frame has waited already: one that a rendition is begun for is offered once more. */
  knows({ sequence }: Frame): boolean {
    return sequence <= this.#lastSequence
  }

  /** Takes out the frame that waits, if any: it is made now, or given up. */
  take(): void {
    if (!this.#waiting) return
    if (this.#isOwed(this.#waiting)) this.#owedAfter = undefined
    this.#lastAt = this.#waiting.receivedAt
    this.#waiting = undefined
  }

  /** Whether it has shown frames as they are for so long that it needs no place. */
  get isPassingOn(): boolean {
    return this.#passedOn >= PASSED_ON_IN_ROW
  }

  /** Shows a frame with the picture or the values that were made of it, or as it is. @param monotonic ms */
  show(original: Frame, payload: Payload, monotonic: number): void {
    const isAsItIs = payload === original.payload
    this.#failures = 0
    this.#passedOn = isAsItIs ? this.#passedOn + 1 : 0
    this.#give(isAsItIs ? original : withPayload(original, payload), monotonic)
  }

  /**
   * No picture can be made of a frame. It is skipped; but where nothing is shown yet, or that goes on, viewers that take any
   * format get the originals, which they may be able to show, or can at least say that they are not.
   * @param monotonic ms
   */
  fail(original: Frame, monotonic: number): void {
    this.#failures++
    if (!mayBeOriginal(this.rung) || !isImageFrame(original)) return
    if (this.#isFailing || this.stream.newest === undefined) this.#give(original, monotonic)
  }

  /**
   * A thread failed, for which the picture may not be the reason: it is tried again, unless a newer one waits; a still
   * stream would have no picture. Not where that goes on.
   * @param monotonic ms
   */
  retry(original: Frame, monotonic: number): void {
    this.fail(original, monotonic)
    if (this.#waiting || this.#isFailing || this.stream.newest?.id === original.id) return
    this.#lastAt = undefined
    this.#waiting = original
  }

  /**
   * Nothing can be made for its viewers, who are told why unless they get the originals.
   * @param refusalFor the reason for one of them, if there is one
   */
  refuse(refusalFor: (client: QuotaClient) => Refusal | undefined): void {
    if (mayBeOriginal(this.rung)) return
    for (const subscriber of this.stream.subscribers) {
      const refusal = refusalFor(subscriber.client)
      if (refusal) subscriber.refuse?.(refusal)
    }
  }

  /** Keeps its newest values no longer: there is no room for them. */
  dropValues(): void {
    if (this.rung.values) this.stream.dropFrames()
  }

  get #isFailing(): boolean {
    return this.#failures >= FAILURES_IN_ROW
  }

  #give(frame: Frame, monotonic: number): void {
    if (!this.stream.take(frame, monotonic)) return
    for (const subscriber of this.stream.subscribers) subscriber.offer(frame)
  }
}

/** The frame with another picture, with one in place of its array, or with its values written in another way. */
export function withPayload<Carried extends Payload>(frame: Frame, payload: Carried): Frame<Carried> {
  const { stream, size, warnings, annotations, metadata, metadataText, capturedAt, captureClock, pulse } = frame
  const input = {
    stream,
    size,
    warnings,
    annotations,
    metadata,
    metadataText,
    capturedAt,
    captureClock,
    pulse,
    payload,
  }
  return new Frame(input, frame.id, frame.receivedAt, frame.sequence, frame.metadataWeight)
}

/** From so many pictures in a row on that could not be made, the originals are shown. */
const FAILURES_IN_ROW = 3

/** From so many frames in a row on the next ones are expected to be right as they are, too. */
const PASSED_ON_IN_ROW = 100

/** Only the original has a state. */
const NEWEST_ONLY: StreamRules = {
  staleAfterIntervals: Number.POSITIVE_INFINITY,
  staleAfter: Number.POSITIVE_INFINITY,
  offlineAfter: Number.POSITIVE_INFINITY,
  firstOfflineAfter: Number.POSITIVE_INFINITY,
  unchangedAfter: Number.POSITIVE_INFINITY,
  forgetAfter: Number.POSITIVE_INFINITY,
  ringFrames: 1,
  nextRingFrames: 1,
  ringBytes: Number.POSITIVE_INFINITY,
}

/** The demand of all renditions of a stream on the original. */
export function demandOf(renditions: Iterable<Rendition>) {
  let { viewers } = NO_DEMAND
  let maxFps: number | undefined = 0
  let width = 0
  const kinds = new Set<Demand['kinds'][number]>()
  for (const rendition of renditions) {
    const { demand } = rendition.stream
    viewers += demand.viewers
    maxFps = maxFps === undefined || rendition.maxFps === undefined ? undefined : Math.max(maxFps, rendition.maxFps)
    width = Math.max(width, rendition.rung.width)
    for (const kind of demand.kinds) kinds.add(kind)
  }
  return { viewers, maxFps, width: Number.isFinite(width) ? width : undefined, kinds: [...kinds] }
}

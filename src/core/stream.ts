import { ActiveWarnings } from './active-warnings.ts'
import type { DeclaredStream } from './declared-stream.ts'
import { type Demand, DemandTally, isSameDemand, type ViewerDemand } from './demand.ts'
import type { Frame } from './frame.ts'
import { isAfter } from './frame-id.ts'
import { FrameRate } from './frame-rate.ts'
import type { StreamName } from './stream-name.ts'

/**
 * `idle`: on demand, and nobody watches. `starting`: somebody does, and the first frame has not come yet. `live`:
 * frames come. `stale`: none came for longer than usual. `offline`: none for a long time, or what feeds it has failed.
 */
export type StreamState = (typeof STREAM_STATES)[number]

/** All of them, in the order of a stream's life. */
export const STREAM_STATES = ['idle', 'starting', 'live', 'stale', 'offline'] as const

/**
 * Why a stream is offline of which no more is known: the page says it in the user's language, all other reasons as they
 * are.
 */
export const SILENT_FOR_LONG = 'no frame for a long time'

/** How a stream is doing, and why, in words for people. */
export interface StreamCondition {
  readonly state: StreamState
  readonly reason: string
}

/** When a stream counts as stale, offline, forgotten; how much of its past is kept. Times in ms. */
export interface StreamRules {
  /** Stale after this many times its median interval … */
  readonly staleAfterIntervals: number
  /** … but not before this. */
  readonly staleAfter: number
  readonly offlineAfter: number
  readonly forgetAfter: number
  readonly ringFrames: number
  readonly ringBytes: number
}

/** Who is handed each new frame of a stream. */
export interface Subscriber {
  readonly demand: ViewerDemand
  offer(frame: Frame): void
}

/** Told when what is wanted of a stream changes: the first viewer came, the last one left, more or less is wanted. */
export type DemandListener = (stream: Stream, demand: Demand) => void

/** One stream in the hub: its newest frame, a short past, its frame rate, and who watches it. */
export class Stream {
  readonly name: StreamName
  readonly frameRate = new FrameRate()
  readonly warnings = new ActiveWarnings()
  /** When the state last changed: ms since 1970. */
  since: number
  condition: StreamCondition = LIVE
  /** Who feeds it, if it was declared. */
  declared: DeclaredStream | undefined
  readonly #rules: StreamRules
  readonly #demandChanged: DemandListener
  /** Each with the demand that was counted. */
  readonly #subscribers = new Map<Subscriber, ViewerDemand>()
  readonly #tally = new DemandTally()
  readonly #ring: Frame[] = []
  #ringBytes = 0
  #sequence = 0

  /** @param now ms since 1970 */
  constructor(name: StreamName, rules: StreamRules, now: number, demandChanged: DemandListener) {
    this.name = name
    this.#rules = rules
    this.since = now
    this.#demandChanged = demandChanged
  }

  get state(): StreamState {
    return this.condition.state
  }

  get newest(): Frame | undefined {
    return this.#ring.at(-1)
  }

  /** The number that the next frame of this stream bears. */
  get nextSequence(): number {
    return this.#sequence + 1
  }

  /** The frame of that id, if it is still kept. */
  frame(id: string): Frame | undefined {
    return this.#ring.find((frame) => frame.id === id)
  }

  /** What all its viewers together want. */
  get demand(): Demand {
    return this.#tally.demand
  }

  /** Who is handed its frames. */
  get subscribers(): Iterable<Subscriber> {
    return this.#subscribers.keys()
  }

  /** Hands its frames to the subscriber from now on; to be called again when the subscriber's demand has changed. */
  subscribe(subscriber: Subscriber): void {
    const { demand } = subscriber
    this.#recount(() => {
      const before = this.#subscribers.get(subscriber)
      if (before) this.#tally.remove(before)
      this.#tally.add(demand)
      this.#subscribers.set(subscriber, demand)
    })
  }

  unsubscribe(subscriber: Subscriber): void {
    const demand = this.#subscribers.get(subscriber)
    if (!demand) return
    this.#recount(() => {
      this.#tally.remove(demand)
      this.#subscribers.delete(subscriber)
    })
  }

  /** Takes a frame in, if it is newer than the newest. Idempotent: echoes and replays are harmless. */
  take(frame: Frame, monotonic: number): boolean {
    if (!isAfter(frame.id, this.newest?.id)) return false
    this.newest?.dropEncodings()
    this.#sequence = frame.sequence
    this.#ring.push(frame)
    this.#ringBytes += frame.byteLength
    while (
      this.#ring.length > this.#rules.ringFrames ||
      (this.#ringBytes > this.#rules.ringBytes && this.#ring.length > 1)
    )
      this.#ringBytes -= this.#ring.shift()?.byteLength ?? 0
    // The time in which nobody asked for frames is no interval between two.
    if (this.declared?.fed()) this.frameRate.restart()
    this.frameRate.add(monotonic, frame.byteLength)
    this.warnings.take(frame.warnings ?? [], monotonic)
    return true
  }

  /**
   * How it is doing: what follows from the silence since its last frame, and of a declared one that is silent what its
   * declaration says. A source that fails and is back before anybody could miss a frame leaves it live.
   */
  conditionAt(monotonic: number): StreamCondition {
    const bySilence = this.#conditionBySilence(monotonic)
    if (!this.declared || (bySilence.state === 'live' && this.declared.isFed)) return bySilence
    return this.declared.stateAt(monotonic) ?? bySilence
  }

  /** Whether it is to be forgotten: nobody declares it, and it has been silent for so long. */
  isForgotten(monotonic: number): boolean {
    return this.declared === undefined && this.frameRate.silence(monotonic) >= this.#rules.forgetAfter
  }

  #conditionBySilence(monotonic: number): StreamCondition {
    const silence = this.frameRate.silence(monotonic)
    const { staleAfter, staleAfterIntervals, offlineAfter } = this.#rules
    if (silence >= offlineAfter) return OFFLINE
    // First, since it is asked with each frame, and the median costs.
    if (silence < staleAfter) return LIVE
    return silence >= staleAfterIntervals * (this.frameRate.medianInterval ?? 0) ? STALE : LIVE
  }

  #recount(change: () => void): void {
    const before = this.#tally.demand
    change()
    const demand = this.#tally.demand
    if (!isSameDemand(before, demand)) this.#demandChanged(this, demand)
  }
}

const LIVE: StreamCondition = { state: 'live', reason: 'frames are coming in' }
const STALE: StreamCondition = { state: 'stale', reason: 'no frame for longer than usual' }
const OFFLINE: StreamCondition = { state: 'offline', reason: SILENT_FOR_LONG }

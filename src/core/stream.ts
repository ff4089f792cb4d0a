import { ActiveWarnings } from './active-warnings.ts'
import type { DeclaredStream, Heard } from './declared-stream.ts'
import { type Demand, mergedDemand, NO_DEMAND } from './demand.ts'
import type { Frame } from './frame.ts'
import { type FrameId, isAfter } from './frame-id.ts'
import { FrameRate } from './frame-rate.ts'
import { FrameRing } from './frame-ring.ts'
import type { PayloadKind } from './payload.ts'
import { PRIVILEGED, type QuotaClient } from './quota-client.ts'
import type { RememberedStream } from './remembered-stream.ts'
import { type SilenceRules, stateInSilence } from './silence.ts'
import { type BytesComparison, type Stillness, StillnessWatch } from './stillness.ts'
import {
  NOT_SEEN_SINCE_START,
  SILENT_FOR_LONG,
  type StreamCondition,
  type StreamStart,
  type StreamState,
  type Undecodable,
} from './stream-condition.ts'
import type { StreamName } from './stream-name.ts'
import { type Subscriber, Subscribers } from './subscribers.ts'

export {
  SILENT_FOR_LONG,
  STREAM_STARTS,
  STREAM_STATES,
  type StreamCondition,
  type StreamStart,
  type StreamState,
  type Undecodable,
} from './stream-condition.ts'

/** When a stream counts as stale or offline and when it is forgotten; how many recent frames are kept. Times in ms. */
export interface StreamRules extends SilenceRules {
  /** Its source stands still after this without a change; Infinity: that is not looked at. */
  readonly unchangedAfter: number
  /** Compares pictures for that: `Buffer.compare` of Node, which this folder does not know; left out: eight bytes at a time. */
  readonly isEqual?: BytesComparison | undefined
  /** Removed after this, unless it is declared. */
  readonly forgetAfter: number
  /** How many recent frames are kept. */
  readonly ringFrames: number
  /** The same of a stream that starts with the next one, while somebody watches it. */
  readonly nextRingFrames: number
  /** How much memory the recent frames may take (`Frame.weight`, bytes); the newest frame is kept in any case. */
  readonly ringBytes: number
}

/**
 * Called when the demand for a stream changes, be it only the number of viewers; `isSameDemand` tells whether the work is
 * the same.
 */
export type DemandListener = (stream: Stream, demand: Demand, before: Demand) => void

/** One stream in the hub: its recent frames, frame rate, state and subscribers. */
export class Stream {
  readonly name: StreamName
  /** Who opened it: in whose share it and its frames count, whoever else publishes to it. */
  #owner: QuotaClient
  readonly frameRate = new FrameRate()
  readonly warnings = new ActiveWarnings()
  readonly #stillness: StillnessWatch
  /** When the state last changed: ms since 1970. */
  since: number
  condition: StreamCondition = LIVE
  /** Undefined while its pictures can be decoded, or nobody here tries. Set by `Hub.judge`. */
  undecodable: Undecodable | undefined
  /** Whether the last picture of it that somebody tried to decode could not be; so it stays until one can. Set by `Hub.judge`. */
  isLastUndecodable = false
  /** What viewers at other servers of the installation want. */
  demandElsewhere: Demand = NO_DEMAND
  readonly #rules: StreamRules
  readonly #subscribers: Subscribers
  readonly #ring = new FrameRing()
  #declared: DeclaredStream | undefined
  /** Why it has ended, and when (monotonic ms). */
  #end: { readonly reason: string; readonly at: number } | undefined
  #sequence = 0
  #newestId: FrameId | undefined
  #kind: PayloadKind | undefined
  #start: StreamStart = 'newest'
  #remembered: RememberedStream | undefined

  /** @param now ms since 1970 */
  constructor(
    name: StreamName,
    rules: StreamRules,
    now: number,
    demandChanged: DemandListener,
    owner: QuotaClient = PRIVILEGED,
  ) {
    this.name = name
    this.#owner = owner
    this.#rules = rules
    this.#stillness = new StillnessWatch(rules.unchangedAfter, rules.isEqual)
    this.since = now
    this.#subscribers = new Subscribers((demand, before) => demandChanged(this, demand, before))
  }

  get owner(): QuotaClient {
    return this.#owner
  }

  /** What is known of it from before the server started, while nothing of it has been seen since. */
  get remembered(): RememberedStream | undefined {
    return this.#remembered
  }

  /** To be called right after it was made: nothing has been seen of it since the server started. @param monotonic ms */
  remember(known: RememberedStream, monotonic: number): void {
    this.#remembered = known
    this.#start = known.start
    this.end(NOT_SEEN_SINCE_START, monotonic - Math.max(0, this.since - known.lastSeenAt))
    this.condition = this.conditionAt(monotonic)
  }

  /** One that was only remembered is fed or declared again: it is as a new one. @param owner who does that @param now ms since 1970 */
  revive(owner: QuotaClient, now: number): void {
    this.#remembered = undefined
    this.#owner = owner
    this.#end = undefined
    this.condition = LIVE
    this.since = now
  }

  /** Its declaration, if it has one. */
  get declared(): DeclaredStream | undefined {
    return this.#declared
  }

  /** It is declared, or no longer. */
  set declared(declared: DeclaredStream | undefined) {
    this.#declared = declared
    this.#end = undefined
    if (declared) this.#start = declared.options.start ?? 'newest'
  }

  /** What a viewer gets first: as its last declaration says, also when that was withdrawn, until others publish it. */
  get start(): StreamStart {
    return this.#start
  }

  get state(): StreamState {
    return this.condition.state
  }

  /**
   * The newest frame; undefined before the first one, and where the stream starts with the next one and nobody watches.
   * Whoever shows it to somebody asks the viewer for it instead (`Viewer.newest`).
   */
  get newest(): Frame | undefined {
    return this.#ring.newest
  }

  /**
   * The newest frame for whoever looks later, as at the picture of an event; undefined where the stream starts with the
   * next one, since he was not there.
   */
  get newestForLater(): Frame | undefined {
    return this.#start === 'next' ? undefined : this.newest
  }

  /** What the last frame had, kept or not; undefined before the first one. */
  get kind(): PayloadKind | undefined {
    return this.#kind
  }

  /** The id of the last frame, kept or not. */
  get newestId(): FrameId | undefined {
    return this.#newestId
  }

  /** The sequence number of the last frame, kept or not; 0 before the first one. */
  get sequence(): number {
    return this.#sequence
  }

  /** The frame with that id, if it is still kept. */
  frame(id: string): Frame | undefined {
    return this.#ring.frame(id)
  }

  /** The last frame of that pulse, if it is still kept: a sender that starts anew counts its pulses anew. */
  frameOfPulse(id: bigint): Frame | undefined {
    return this.#ring.frameOfPulse(id)
  }

  /** How much memory its recent frames take, in bytes. */
  get weight(): number {
    return this.#ring.weight
  }

  /** How much of that is not their payloads, in bytes. */
  get metadataWeight(): number {
    return this.#ring.metadataWeight
  }

  /** Whether it keeps frames besides the newest. */
  get hasOlder(): boolean {
    return this.#ring.hasOlder
  }

  /** Drops the oldest of its recent frames, but never the newest. @returns whether there was one to drop */
  dropOldest(): boolean {
    return this.#ring.dropOldest()
  }

  /** Drops all its recent frames. */
  dropFrames(): void {
    this.#ring.clear()
  }

  /** The combined demand of all its viewers here. */
  get demand(): Demand {
    return this.#subscribers.demand
  }

  /** The combined demand of all its viewers, also of those at other servers. */
  get totalDemand(): Demand {
    return this.demandElsewhere === NO_DEMAND ? this.demand : mergedDemand(this.demand, this.demandElsewhere)
  }

  /**
   * What its source has to deliver. What comes from a store is read for the viewers here alone: other servers read it for
   * theirs. Of a stream that starts with the next frame they get none.
   */
  get wanted(): Demand {
    return this.declared?.options.isStored || this.#start === 'next' ? this.demand : this.totalDemand
  }

  /** What stands still of it though frames come; the same object while that is so. */
  get stillness(): Stillness | undefined {
    return this.#stillness.found
  }

  /** Who receives its frames. */
  get subscribers(): Iterable<Subscriber> {
    return this.#subscribers
  }

  /** Adds a subscriber; to be called again when the subscriber's demand has changed. */
  subscribe(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber)
  }

  /** Removes a subscriber; does nothing if it was not subscribed. */
  unsubscribe(subscriber: Subscriber): void {
    this.#subscribers.remove(subscriber)
  }

  /**
   * Adds a frame if it is newer than the newest. Idempotent: echoes and replays are ignored.
   * @param monotonic ms
   * @returns whether it was added
   */
  take(frame: Frame, monotonic: number): boolean {
    if (!isAfter(frame.id, this.#newestId)) return false
    if (!this.#declared && this.#start === 'next') {
      this.dropFrames()
      this.#start = 'newest'
    }
    const before = this.newest
    before?.dropEncodings()
    this.#newestId = frame.id
    this.#kind = frame.payload.kind
    this.#sequence = frame.sequence
    this.#keep(frame)
    // A pause in which nobody wanted frames is not an interval between two.
    const isAfterPause = this.declared?.fed() ?? false
    if (isAfterPause) this.frameRate.restart()
    this.#stillness.take(frame, isAfterPause ? undefined : before, monotonic)
    this.#end = undefined
    this.frameRate.add(monotonic, frame.byteLength)
    this.warnings.take(frame.warnings ?? [], monotonic)
    return true
  }

  /**
   * Its condition at a time (monotonic ms): derived from the silence since the last frame and, for a declared stream
   * that is silent, from its declaration. A source that fails and recovers before a frame is missed leaves it live.
   */
  conditionAt(monotonic: number): StreamCondition {
    const heard = this.declared?.heard(monotonic)
    const bySilence = this.#conditionBySilence(monotonic, heard)
    if (this.declared?.reported && !this.declared.isOpen) return this.declared.reported
    if (this.#end) return { state: 'offline', reason: this.#end.reason }
    if (!this.declared || (bySilence.state === 'live' && (heard || this.declared.isFed))) return bySilence
    return this.declared.stateAt(monotonic) ?? bySilence
  }

  /** Whether its condition is what another server says, which then reports it too. */
  get isReportedElsewhere(): boolean {
    return this.condition === this.declared?.reported
  }

  /** How long it has been silent, as far as that is known, ms; Infinity if nothing ever came. @param monotonic ms */
  silence(monotonic: number): number {
    return silenceOf(this.frameRate.silence(monotonic), this.declared?.heard(monotonic))
  }

  /**
   * How long ago that was which its condition follows from: its last frame or, where its source says how it is, now.
   * @param monotonic ms
   */
  evidenceAge(monotonic: number): number {
    const silence = this.silence(monotonic)
    return CONDITIONS_BY_SILENCE.includes(this.condition) && Number.isFinite(silence) ? silence : 0
  }

  /** Whether it is to be removed: it is not declared and has been silent for too long. @param monotonic ms */
  isForgotten(monotonic: number): boolean {
    const silence = Math.min(this.frameRate.silence(monotonic), monotonic - (this.#end?.at ?? Number.NEGATIVE_INFINITY))
    return this.declared === undefined && silence >= this.#rules.forgetAfter
  }

  /**
   * Frames and bytes a second over the last few seconds. While nobody here looks at its frames there are as many as its
   * source says, and no bytes.
   * @param monotonic ms
   */
  rate(monotonic: number): { fps: number; bytesPerSecond: number } {
    const isUnseen = this.declared?.options.isMonitored && !(this.declared.isOpen && this.declared.isFed)
    const heard = isUnseen ? this.declared?.heard(monotonic) : undefined
    if (!heard) return this.frameRate.rate(monotonic)
    const { interval = 0 } = heard
    return { fps: this.state === 'live' && interval > 0 ? 1000 / interval : 0, bytesPerSecond: 0 }
  }

  /**
   * The median interval between its frames, ms: of those that came here or, where it is longer or they are too few, as its
   * source or the store says. Undefined while it is not known.
   */
  get interval(): number | undefined {
    const here = this.frameRate.medianInterval
    const elsewhere = this.declared?.interval
    return here === undefined || elsewhere === undefined ? (here ?? elsewhere) : Math.max(here, elsewhere)
  }

  /** Nobody feeds it any more, for that reason, until a frame comes or it is declared again. @param monotonic ms */
  end(reason: string, monotonic: number): void {
    this.#end = { reason, at: monotonic }
  }

  #keep(frame: Frame): void {
    const isNext = this.#start === 'next'
    if (isNext && this.#subscribers.size === 0) {
      this.dropFrames()
      return
    }
    const { ringFrames, nextRingFrames, ringBytes } = this.#rules
    this.#ring.push(frame, { frames: isNext ? nextRingFrames : ringFrames, bytes: ringBytes })
  }

  #conditionBySilence(monotonic: number, heard: Heard | undefined): StreamCondition {
    const silence = silenceOf(this.frameRate.silence(monotonic), heard)
    return BY_SILENCE[stateInSilence(silence, () => this.interval, this.#rules)]
  }
}

const BY_SILENCE = {
  live: { state: 'live', reason: 'frames are coming in' },
  stale: { state: 'stale', reason: 'no frame for longer than usual' },
  offline: { state: 'offline', reason: SILENT_FOR_LONG },
} as const satisfies { readonly [state in StreamState]?: StreamCondition }
const LIVE: StreamCondition = BY_SILENCE.live
const CONDITIONS_BY_SILENCE: readonly StreamCondition[] = Object.values(BY_SILENCE)

/** How long a stream has been silent, as far as that is known here and where its frames come in, ms. */
function silenceOf(here: number, heard: Heard | undefined): number {
  return Math.min(here, heard?.silence ?? Number.POSITIVE_INFINITY)
}

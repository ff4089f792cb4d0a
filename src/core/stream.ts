import type { Frame } from './frame.ts'
import { isAfter } from './frame-id.ts'
import type { StreamName } from './names.ts'
import { Pulse } from './pulse.ts'
import { StandingWarnings } from './standing-warnings.ts'

/**
 * `live`: frames come. `stale`: none came for longer than usual. `offline`: none for a long time. `idle`: on demand,
 * and nobody demands it.
 */
export type StreamState = 'live' | 'stale' | 'offline' | 'idle'

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

/** How much of a stream is wanted; undefined: all there is. */
export interface Wish {
  /** Frames a second; 0 wants news of the stream only. */
  readonly maxFps?: number | undefined
  /** Pixels across. */
  readonly width?: number | undefined
}

/** Who is handed each new frame of a stream. */
export interface Subscriber {
  readonly wish: Wish
  offer(frame: Frame): void
}

/** What all viewers of a stream together wish for; undefined: no limit. */
export interface Demand {
  readonly viewers: number
  /** Frames a second. */
  readonly maxFps: number | undefined
  /** Pixels. */
  readonly maxWidth: number | undefined
}

/** One stream in the hub: its newest frame, a short past, its pulse, and who watches it. */
export class Stream {
  readonly name: StreamName
  readonly subscribers = new Set<Subscriber>()
  readonly pulse = new Pulse()
  readonly warnings = new StandingWarnings()
  /** When the state last changed: ms since 1970. */
  since: number
  state: StreamState = 'live'
  readonly #rules: StreamRules
  readonly #ring: Frame[] = []
  #ringBytes = 0
  #sequence = 0

  constructor(name: StreamName, rules: StreamRules, now: number) {
    this.name = name
    this.#rules = rules
    this.since = now
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

  /** Takes a frame in, if it is newer than the newest: echoes and replays are harmless. */
  take(frame: Frame, monotonic: number): boolean {
    if (!isAfter(frame.id, this.newest?.id)) return false
    this.newest?.dropForms()
    this.#sequence = frame.sequence
    this.#ring.push(frame)
    this.#ringBytes += frame.image.bytes.length
    while (
      this.#ring.length > this.#rules.ringFrames ||
      (this.#ringBytes > this.#rules.ringBytes && this.#ring.length > 1)
    )
      this.#ringBytes -= this.#ring.shift()?.image.bytes.length ?? 0
    this.pulse.beat(monotonic, frame.image.bytes.length)
    this.warnings.take(frame.annotations.warnings, monotonic)
    return true
  }

  /** The state that the silence since its last frame makes of it. */
  stateAt(monotonic: number): StreamState {
    const silence = this.pulse.silence(monotonic)
    if (silence >= this.#rules.offlineAfter) return 'offline'
    const usual = this.pulse.medianInterval ?? 0
    return silence >= Math.max(this.#rules.staleAfter, this.#rules.staleAfterIntervals * usual) ? 'stale' : 'live'
  }

  /** Whether it has been silent for so long that it is to be forgotten. */
  isForgotten(monotonic: number): boolean {
    return this.pulse.silence(monotonic) >= this.#rules.forgetAfter
  }

  demand(): Demand {
    let maxFps: number | undefined = 0
    let maxWidth: number | undefined = 0
    for (const { wish } of this.subscribers) {
      maxFps = maxFps === undefined || wish.maxFps === undefined ? undefined : Math.max(maxFps, wish.maxFps)
      maxWidth = maxWidth === undefined || wish.width === undefined ? undefined : Math.max(maxWidth, wish.width)
    }
    return { viewers: this.subscribers.size, maxFps, maxWidth }
  }
}

import type { Clock } from './clock.ts'
import type { Stillness } from './stillness.ts'
import type { Stream } from './stream.ts'

/** What the monitor needs from the hub. */
export interface LivenessParts {
  readonly clock: Clock
  /** All current streams. */
  readonly streams: () => Iterable<Stream>
  /** A stream's state, reason or warnings have changed. */
  readonly changed: (stream: Stream) => void
  /** A stream has been silent for so long that it must be removed, also from `streams`. */
  readonly expired: (stream: Stream) => void
}

/**
 * Keeps the state of every stream up to date (heartbeat timeout). Silence causes no event, so streams are checked four
 * times a second; everything else is updated when it happens. After this process has stood still itself (it was stopped,
 * the machine slept), it first takes what has come meanwhile: of frames that it did not read nobody was silent.
 */
export class LivenessMonitor {
  readonly #parts: LivenessParts
  #cancelSweep: (() => void) | undefined
  /** When the next check is due, monotonic ms. */
  #dueAt = 0
  /** Set after this process has stood still, until silence counts again: from when on, monotonic ms. */
  #judgesFrom: number | undefined

  constructor(parts: LivenessParts) {
    this.#parts = parts
  }

  /** Starts the periodic check, which ends when there are no streams. */
  start(): void {
    this.#cancelSweep ??= this.#sweepLater()
  }

  /** Stops the periodic check. */
  stop(): void {
    this.#cancelSweep?.()
  }

  /**
   * Updates a stream's condition after something happened to it.
   * @param before its warnings (`stream.warnings.names`) and stillness from before; unchanged if left out
   */
  settle(stream: Stream, before: Settled = settledOf(stream)): void {
    const { clock, changed } = this.#parts
    const { state, reason } = stream.condition
    const now = stream.conditionAt(clock.monotonic())
    const isSame = now.state === state && now.reason === reason
    if (!isSame) {
      stream.condition = now
      if (now.state !== state) stream.since = clock.now()
    }
    if (!isSame || stream.warnings.names !== before.warnings || stream.stillness !== before.stillness) changed(stream)
  }

  #sweep(): void {
    const { clock, streams, expired } = this.#parts
    const now = clock.monotonic()
    // Where every check is late the machine is too slow: then every other one counts.
    if (this.#judgesFrom !== undefined) this.#judgesFrom = now < this.#judgesFrom ? this.#judgesFrom : undefined
    else if (now - this.#dueAt >= STOOD_STILL_MS) this.#judgesFrom = now + CATCH_UP_MS
    if (this.#judgesFrom !== undefined) {
      this.#cancelSweep = this.#sweepLater()
      return
    }
    let isAny = false
    for (const stream of streams()) {
      if (stream.isForgotten(now)) {
        expired(stream)
        continue
      }
      isAny = true
      // New viewers of a silent stream are few; what it would be encoded in may take as much as its picture, each.
      if (stream.frameRate.silence(now) >= QUIET_MS) stream.newest?.dropEncodings()
      const before = settledOf(stream)
      stream.warnings.settle(now, stream.state === 'live', () => stream.interval)
      this.settle(stream, before)
    }
    this.#cancelSweep = isAny ? this.#sweepLater() : undefined
  }

  #sweepLater(): () => void {
    const { clock } = this.#parts
    this.#dueAt = clock.monotonic() + SWEEP_MS
    return clock.after(SWEEP_MS, () => this.#sweep())
  }
}

/** What is told of a stream besides its state. */
export interface Settled {
  readonly warnings: readonly string[]
  readonly stillness: Stillness | undefined
}

/** How a stream is, to compare with later. */
export function settledOf({ warnings, stillness }: Stream): Settled {
  return { warnings: warnings.names, stillness }
}

const SWEEP_MS = 250
/** By how much a check is late if the process stood still, and for how long it then takes what has come, ms. */
const STOOD_STILL_MS = 1000
const CATCH_UP_MS = 1000
/** The silence after which the encodings of the newest frame are dropped, ms. */
const QUIET_MS = 2000

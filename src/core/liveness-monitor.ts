import type { Clock } from './clock.ts'
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
 * times a second; everything else is updated when it happens.
 */
export class LivenessMonitor {
  readonly #parts: LivenessParts
  #cancelSweep: (() => void) | undefined

  constructor(parts: LivenessParts) {
    this.#parts = parts
  }

  /** Starts the periodic check, which ends when there are no streams. */
  start(): void {
    this.#cancelSweep ??= this.#parts.clock.after(SWEEP_MS, () => this.#sweep())
  }

  /** Stops the periodic check. */
  stop(): void {
    this.#cancelSweep?.()
  }

  /**
   * Updates a stream's condition after something happened to it.
   * @param warningsBefore `stream.warnings.names` from before; unchanged if left out
   */
  settle(stream: Stream, warningsBefore: readonly string[] = stream.warnings.names): void {
    const { clock, changed } = this.#parts
    const { state, reason } = stream.condition
    const now = stream.conditionAt(clock.monotonic())
    const isSame = now.state === state && now.reason === reason
    if (!isSame) {
      stream.condition = now
      if (now.state !== state) stream.since = clock.now()
    }
    if (!isSame || stream.warnings.names !== warningsBefore) changed(stream)
  }

  #sweep(): void {
    const { clock, streams, expired } = this.#parts
    const now = clock.monotonic()
    let isAny = false
    for (const stream of streams()) {
      if (stream.isForgotten(now)) {
        expired(stream)
        continue
      }
      isAny = true
      // New viewers of a silent stream are few; what it would be encoded in may take as much as its picture, each.
      if (stream.frameRate.silence(now) >= QUIET_MS) stream.newest?.dropEncodings()
      const warningsBefore = stream.warnings.names
      stream.warnings.settle(now, stream.state === 'live', () => stream.frameRate.medianInterval)
      this.settle(stream, warningsBefore)
    }
    this.#cancelSweep = isAny ? clock.after(SWEEP_MS, () => this.#sweep()) : undefined
  }
}

const SWEEP_MS = 250
/** The silence after which the encodings of the newest frame are dropped, ms. */
const QUIET_MS = 2000

import type { Clock } from './clock.ts'
import type { Stream } from './stream.ts'

/** What the monitor needs of the hub. */
export interface LivenessParts {
  readonly clock: Clock
  /** All streams that there are now. */
  readonly streams: () => Iterable<Stream>
  /** A stream's state, its reason or its warnings are others than before. */
  readonly changed: (stream: Stream) => void
  /** A stream has been silent for so long that it is to go; it is taken from `streams`. */
  readonly expired: (stream: Stream) => void
}

/**
 * Keeps it known of every stream whether it is live. Nobody sends word of silence, so it is looked for four times a
 * second (heartbeat timeout), and all else is settled when it happens.
 */
export class LivenessMonitor {
  readonly #parts: LivenessParts
  #cancelSweep: (() => void) | undefined

  constructor(parts: LivenessParts) {
    this.#parts = parts
  }

  /** Looks for silence from now on, for as long as there are streams. */
  start(): void {
    this.#cancelSweep ??= this.#parts.clock.after(SWEEP_MS, () => this.#sweep())
  }

  stop(): void {
    this.#cancelSweep?.()
  }

  /**
   * Brings the condition of a stream up to date, which something has happened to.
   * @param warnedOf what it warned of before, `stream.warnings.names`; as now, if not given
   */
  settle(stream: Stream, warnedOf: readonly string[] = stream.warnings.names): void {
    const { clock, changed } = this.#parts
    const { state, reason } = stream.condition
    const now = stream.conditionAt(clock.monotonic())
    const isSame = now.state === state && now.reason === reason
    if (!isSame) {
      stream.condition = now
      if (now.state !== state) stream.since = clock.now()
    }
    if (!isSame || stream.warnings.names !== warnedOf) changed(stream)
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
      const warnedOf = stream.warnings.names
      stream.warnings.settle(now)
      this.settle(stream, warnedOf)
    }
    this.#cancelSweep = isAny ? clock.after(SWEEP_MS, () => this.#sweep()) : undefined
  }
}

const SWEEP_MS = 250

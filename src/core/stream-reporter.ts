import type { Clock } from './clock.ts'
import type { Counters } from './counters.ts'
import { isImageFrame } from './frame.ts'
import type { EncodedImage } from './payload.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { Report } from './report.ts'
import type { Stream, StreamState } from './stream.ts'
import { streamId } from './stream-name.ts'
import type { StreamObserver } from './stream-observer.ts'

/** How much is reported in a minute. */
export interface StreamReportRules {
  /** States of one stream. */
  readonly statesPerMinute: number
  /** Raised warnings of one stream. */
  readonly warningsPerMinute: number
  /** Both together, of all streams that one publisher has opened. */
  readonly reportsPerMinute: number
}

/** What the reporter needs. */
export interface StreamReporterParts {
  readonly clock: Clock
  readonly counters: Pick<Counters, 'limited'>
  readonly report: Report
  readonly rules: StreamReportRules
}

/** What was reported of a stream. */
interface Reported {
  state: ReportedState | undefined
  /** The raised warnings. */
  readonly warnings: Set<string>
  /** Cancels a later look at what could not be reported at once: at the state, at the warnings. */
  cancelState: (() => void) | undefined
  cancelWarnings: (() => void) | undefined
}

/** A state that is reported; a stream that is idle or starting is only waiting for viewers or frames. */
type ReportedState = Exclude<StreamState, 'idle' | 'starting'>

/**
 * Reports the state and the warnings of streams as events: what has changed since the last report. What changes too
 * often is looked at again later and reported as it is then. The events count for whoever opened the stream.
 */
export class StreamReporter implements StreamObserver {
  readonly #parts: StreamReporterParts
  readonly #reported = new Map<Stream, Reported>()
  readonly #states: RateLimiter
  readonly #warnings: RateLimiter
  readonly #reports: RateLimiter

  constructor(parts: StreamReporterParts) {
    this.#parts = parts
    const perMinute = (amount: number) => new RateLimiter({ amount, period: 60_000 }, parts.clock)
    this.#states = perMinute(parts.rules.statesPerMinute)
    this.#warnings = perMinute(parts.rules.warningsPerMinute)
    this.#reports = perMinute(parts.rules.reportsPerMinute)
  }

  changed(stream: Stream): void {
    const reported = this.#reported.get(stream) ?? {
      state: undefined,
      warnings: new Set(),
      cancelState: undefined,
      cancelWarnings: undefined,
    }
    this.#reported.set(stream, reported)
    this.#reportState(stream, reported)
    this.#reportWarnings(stream, reported)
  }

  forgotten(stream: Stream): void {
    const reported = this.#reported.get(stream)
    if (!reported) return
    this.#stop(stream, reported)
    for (const warning of reported.warnings) this.#append(stream, 'warning_cleared', { warning })
    const { state } = reported
    if (state !== undefined && state !== 'offline') this.#append(stream, TYPES.offline, { reason: 'it was removed' })
  }

  /** Reports nothing more. */
  close(): void {
    for (const [stream, reported] of this.#reported) this.#stop(stream, reported)
  }

  #reportState(stream: Stream, reported: Reported): void {
    const { state, reason } = stream.condition
    if (reported.cancelState || state === 'idle' || state === 'starting' || state === reported.state) return
    const wait = this.#take(stream, this.#states, 'events.states_per_minute')
    if (wait > 0) {
      reported.cancelState = this.#parts.clock.after(wait, () => {
        reported.cancelState = undefined
        this.#reportState(stream, reported)
      })
      return
    }
    reported.state = state
    this.#append(stream, TYPES[state], { reason })
  }

  #reportWarnings(stream: Stream, reported: Reported): void {
    const { names } = stream.warnings
    for (const warning of reported.warnings) {
      if (names.includes(warning)) continue
      reported.warnings.delete(warning)
      this.#append(stream, 'warning_cleared', { warning })
    }
    for (const warning of names) {
      if (reported.cancelWarnings) return
      if (reported.warnings.has(warning)) continue
      const wait = this.#take(stream, this.#warnings, 'events.warnings_per_minute')
      if (wait > 0) {
        reported.cancelWarnings = this.#parts.clock.after(wait, () => {
          reported.cancelWarnings = undefined
          this.#reportWarnings(stream, reported)
        })
        return
      }
      reported.warnings.add(warning)
      this.#append(stream, 'warning_raised', { warning }, pictureWith(stream, warning))
    }
  }

  #append({ name, owner }: Stream, type: string, data: { readonly [field: string]: string }, image?: EncodedImage) {
    const priority = type === 'warning_raised' ? 'HIGH' : 'NORMAL'
    this.#parts.report({ type, priority, label: name.label, key: name.key, data }, { image, publisher: owner.client })
  }

  /** @returns 0 if there may be one more report, else the ms to wait */
  #take({ name, owner }: Stream, limiter: RateLimiter, limit: string): number {
    const { counters } = this.#parts
    const stream = streamId(name)
    const client = owner.client ?? ''
    // Both are asked before anything is taken of either: what cannot be reported costs nothing.
    const wait = limiter.wait(stream)
    const waitOfOwner = this.#reports.wait(client)
    if (wait > 0) counters.limited(limit)
    else if (waitOfOwner > 0) counters.limited('events.reports_per_minute')
    else {
      limiter.take(stream)
      this.#reports.take(client)
    }
    return Math.max(wait, waitOfOwner)
  }

  #stop(stream: Stream, reported: Reported): void {
    reported.cancelState?.()
    reported.cancelWarnings?.()
    this.#reported.delete(stream)
  }
}

const TYPES: Readonly<Record<ReportedState, string>> = {
  live: 'stream_online',
  stale: 'stream_stale',
  offline: 'stream_offline',
}

/** The newest picture of a stream, if it is one with that warning. */
function pictureWith({ newest }: Stream, warning: string): EncodedImage | undefined {
  return newest && isImageFrame(newest) && newest.warnings?.includes(warning) ? newest.payload : undefined
}

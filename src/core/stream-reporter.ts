import type { Clock } from './clock.ts'
import type { Counters } from './counters.ts'
import type { EventInput, ObservedChange } from './event.ts'
import { isImageFrame } from './frame.ts'
import type { EncodedImage } from './payload.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { Report } from './report.ts'
import type { Stream, StreamState } from './stream.ts'
import { streamId } from './stream-name.ts'
import type { StreamObserver } from './stream-observer.ts'
import type { StreamReportType } from './stream-report.ts'

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
  /** Whether it was reported that its pictures cannot be decoded. */
  isUndecodable: boolean
  /** Whether it was reported to stand still. */
  isUnchanged: boolean
  /** Cancels a later look at what could not be reported at once: at the state, at whether pictures are decodable, at the warnings. */
  cancelState: (() => void) | undefined
  cancelUndecodable: (() => void) | undefined
  cancelWarnings: (() => void) | undefined
}

/** A state that is reported; a stream that is idle or starting is only waiting for viewers or frames. */
type ReportedState = Exclude<StreamState, 'idle' | 'starting'>

/**
 * Reports the state and the warnings of streams as events: what has changed since the last report. What changes too
 * often is looked at again later and reported as it is then. The events count for whoever opened the stream. Other servers
 * of an installation may see the same: each says so, and what they share as their log keeps one of it.
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
      isUndecodable: false,
      isUnchanged: false,
      cancelState: undefined,
      cancelUndecodable: undefined,
      cancelWarnings: undefined,
    }
    this.#reported.set(stream, reported)
    this.#reportState(stream, reported)
    this.#reportUndecodable(stream, reported)
    this.#reportWarnings(stream, reported)
    this.#reportStillness(stream, reported)
  }

  forgotten(stream: Stream): void {
    const reported = this.#reported.get(stream)
    if (!reported) return
    this.#stop(stream, reported)
    for (const warning of reported.warnings) this.#appendWarning(stream, warning, 'cleared')
    if (reported.isUndecodable) this.#endUndecodable(stream, reported, REMOVED)
    if (reported.isUnchanged) this.#endStillness(stream, reported, REMOVED)
    const { state } = reported
    if (state !== undefined && state !== 'offline') this.#appendState(stream, 'offline', REMOVED)
  }

  /** Reports nothing more. */
  close(): void {
    for (const [stream, reported] of this.#reported) this.#stop(stream, reported)
  }

  #reportState(stream: Stream, reported: Reported): void {
    const { state, reason } = stream.condition
    if (stream.isReportedElsewhere) {
      // Should that server end, nobody here knows what it has reported last.
      reported.state = undefined
      return
    }
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
    this.#appendState(stream, state, reason)
  }

  /** It is over with the next good picture: that nobody watches, and decodes, any more says nothing. */
  #reportUndecodable(stream: Stream, reported: Reported): void {
    const { undecodable, isLastUndecodable } = stream
    if (reported.isUndecodable && !isLastUndecodable)
      this.#endUndecodable(stream, reported, 'its pictures can be decoded again')
    if (!undecodable || reported.isUndecodable || reported.cancelUndecodable) return
    const wait = this.#take(stream, this.#states, 'events.states_per_minute')
    if (wait > 0) {
      reported.cancelUndecodable = this.#parts.clock.after(wait, () => {
        reported.cancelUndecodable = undefined
        this.#reportUndecodable(stream, reported)
      })
      return
    }
    reported.isUndecodable = true
    const { reason } = undecodable
    this.#appendCondition(stream, 'stream_undecodable', reason, { of: DECODING, to: 'raised', age: 0 })
  }

  #endUndecodable(stream: Stream, reported: Reported, reason: string): void {
    reported.isUndecodable = false
    this.#appendCondition(stream, 'stream_decodable', reason, { of: DECODING, to: 'cleared', age: 0 })
  }

  #reportWarnings(stream: Stream, reported: Reported): void {
    const { names } = stream.warnings
    for (const warning of reported.warnings) {
      if (names.includes(warning)) continue
      reported.warnings.delete(warning)
      this.#appendWarning(stream, warning, 'cleared')
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
      this.#appendWarning(stream, warning, 'raised')
    }
  }

  /** That it begins may be limited, and is then not reported; its end is if its beginning was. */
  #reportStillness(stream: Stream, reported: Reported): void {
    const { stillness, state } = stream
    const isUnchanged = stillness !== undefined
    if (isUnchanged === reported.isUnchanged || state !== 'live') return
    if (isUnchanged && this.#take(stream, this.#states, 'events.states_per_minute') > 0) return
    if (!isUnchanged) {
      this.#endStillness(stream, reported, 'its pictures and their times change again')
      return
    }
    reported.isUnchanged = true
    const change = { of: STILLNESS, to: 'raised', age: 0 } as const
    this.#appendCondition(stream, 'stream_unchanged', STANDS_STILL[stillness.what], change)
  }

  #endStillness(stream: Stream, reported: Reported, reason: string): void {
    reported.isUnchanged = false
    this.#appendCondition(stream, 'stream_changed', reason, { of: STILLNESS, to: 'cleared', age: 0 })
  }

  #appendState(stream: Stream, state: ReportedState, reason: string): void {
    const age = stream.evidenceAge(this.#parts.clock.monotonic())
    this.#appendCondition(stream, TYPES[state], reason, { of: '', to: state, age })
  }

  #appendCondition(stream: Stream, type: StreamReportType, reason: string, change: ObservedChange): void {
    this.#append(stream, { type, priority: 'NORMAL', data: { reason } }, change)
  }

  #appendWarning(stream: Stream, warning: string, to: 'raised' | 'cleared'): void {
    const now = this.#parts.clock.monotonic()
    const change = { of: warning, to, age: now - (stream.warnings.seenAt(warning) ?? now) }
    const event = { type: `warning_${to}`, priority: to === 'raised' ? 'HIGH' : 'NORMAL', data: { warning } } as const
    this.#append(stream, event, change, to === 'raised' ? pictureWith(stream, warning) : undefined)
  }

  #append(
    { name: { label, key }, owner }: Stream,
    event: Pick<EventInput, 'priority' | 'data'> & { readonly type: StreamReportType },
    change: ObservedChange,
    image?: EncodedImage,
  ): void {
    this.#parts.report({ ...event, label, key }, { image, publisher: owner.client, change })
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
    reported.cancelUndecodable?.()
    reported.cancelWarnings?.()
    this.#reported.delete(stream)
  }
}

const REMOVED = 'it was removed'

const STANDS_STILL = {
  picture: 'it goes on sending the same picture',
  captured_at: 'its frames all say that they were captured at the same time',
} as const

/** What changes of a stream, where that is neither its state nor a warning: no name of one has this character. */
const STILLNESS = '\u0000unchanged'
const DECODING = '\u0000undecodable'

const TYPES: Readonly<Record<ReportedState, StreamReportType>> = {
  live: 'stream_online',
  stale: 'stream_stale',
  offline: 'stream_offline',
}

/** The newest picture of a stream, if it is one with that warning. */
function pictureWith({ newestForLater: newest }: Stream, warning: string): EncodedImage | undefined {
  return newest && isImageFrame(newest) && newest.warnings?.includes(warning) ? newest.payload : undefined
}

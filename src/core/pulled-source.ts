import type { Declaration, DeclareOptions } from './declared-stream.ts'
import type { Demand } from './demand.ts'
import type { FoundDemandListener } from './found-streams.ts'
import type { FrameInput } from './frame.ts'
import type { Published } from './hub.ts'
import type { Principal } from './principal.ts'
import type { StreamName } from './stream-name.ts'

/**
 * A source that is pulled and feeds streams: a camera, an instrument, another server, a generator. A `Supervisor`
 * starts it when its frames are wanted and restarts it when it fails.
 */
export interface PulledSource {
  /** For the log: "demo". */
  readonly name: string
  /** The name it publishes under in the metrics. */
  readonly dialect: string
  /** The streams that it feeds in any case; while it runs it may find more (`SourceRun.declare`). */
  readonly streams: readonly StreamName[]
  /** The principal it publishes as: a system principal, since no person is behind it. */
  readonly principal: Principal
  /** Of those streams. */
  readonly options: DeclareOptions
  /**
   * When it runs: while any of its streams is wanted, or always, as one that listens to its origin while nobody watches.
   * Left out: as `options.when` says.
   */
  readonly runs?: 'while-wanted' | 'always'
  /** Half a second at first and ten at most, if left out; three while it is watched. */
  readonly retry?: RetryRules
  /**
   * While somebody else publishes one of `streams`, and for so long after, it does not run, ms. Left out: it does all the
   * same.
   */
  readonly yieldsFor?: number
  /**
   * Runs until `run.signal` is aborted, and settles once everything it held is released; only then is it run again. To
   * settle earlier is a failure, for the reason it throws (a sentence for people); a `SourceFailure` may say when to
   * retry.
   */
  run(run: SourceRun): Promise<void>
}

/** One run of a source, from its start until it fails or is stopped. */
export interface SourceRun {
  /** Aborted when the source is to stop. */
  readonly signal: AbortSignal
  /**
   * Reports that it works: its origin has answered. Streams that an earlier run has found, and this one has not declared by
   * now, are withdrawn.
   */
  ready(): void
  /** Publishes a frame of one of its streams. @returns undefined if the run has ended and the frame is dropped */
  publish(input: FrameInput): Promise<Published | undefined>
  /** The current demand for one of its streams. */
  demand(stream: StreamName): Demand
  /** Calls `listener` whenever the demand for one of `streams` changes, until the run ends. */
  onDemand(listener: () => void): void
  /** As `Declaration.heard`, for one of `streams`. */
  heard(stream: StreamName, silence: number, interval: number | undefined): void
  /**
   * Declares a stream that it has found. It is withdrawn by the source, or when it is stopped; after a failure it stays
   * listed, with the reason, and the next run takes it over by declaring it again (its options stay).
   * @param demandChanged as `StreamProvider.demandChanged`; also called if it is wanted already
   * @throws Refusal as `Hub.declare`; `taken` also when this run has declared it, `unavailable` when the run has ended
   */
  declare(stream: StreamName, options: DeclareOptions, demandChanged?: FoundDemandListener): Declaration
}

/** A source cannot work and knows when to retry: another wrong password may lock an account. */
export class SourceFailure extends Error {
  /** The shortest time before a retry, ms; Infinity: not until it is started anew with other settings. */
  readonly retryAfter: number

  constructor(reason: string, retryAfter: number) {
    super(reason)
    this.name = 'SourceFailure'
    this.retryAfter = retryAfter
  }
}

/** Backoff before a source is run again, ms. */
export interface RetryRules {
  readonly minDelay: number
  readonly maxDelay: number
}

/**
 * `idle`: nobody wants it. `running`. `waiting`: it has failed, and is run again after a while. `given-up`: it has failed, and
 * is not run again by itself. `yielding`: somebody else publishes its stream.
 */
export type SourcePhase = 'idle' | 'running' | 'waiting' | 'given-up' | 'yielding'

/** A source under supervision. */
export interface SupervisedSource {
  /**
   * Resolves when the source is ready for the first time; rejects with the reason if its first run fails or is stopped.
   */
  readonly started: Promise<void>
  readonly phase: SourcePhase
  /** Runs it again now if it waits for that, also where it had given up. */
  retry(): void
  /** Stops it for good and withdraws its declarations; resolves when its run has settled. */
  stop(): Promise<void>
}

import { Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { Declaration, DeclareOptions } from './declared-stream.ts'
import { type Demand, NO_DEMAND } from './demand.ts'
import { messageOf, Refusal } from './errors.ts'
import { type FoundDemandListener, FoundStreams } from './found-streams.ts'
import type { FrameInput } from './frame.ts'
import type { Hub, Published } from './hub.ts'
import type { Log } from './log.ts'
import type { Principal } from './principal.ts'
import { isSameStream, type StreamName } from './stream-name.ts'
import { maskSecrets } from './url-secrets.ts'

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
  /** Half a second at first and ten at most, if left out. */
  readonly retry?: RetryRules
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

/** What a supervisor needs. */
export interface SupervisorParts {
  readonly hub: Hub
  readonly clock: Clock
  readonly log: Log
  /** Whether sources run at this server (`sources.pull`); default: true. */
  readonly mayRun?: boolean
  /** For the jitter; returns 0 to below 1. */
  readonly random?: () => number
}

/** A source under supervision. */
export interface SupervisedSource {
  /**
   * Resolves when the source is ready for the first time; rejects with the reason if its first run fails or is stopped.
   */
  readonly started: Promise<void>
  /** Stops it for good and withdraws its declarations; resolves when its run has settled. */
  stop(): Promise<void>
}

/**
 * Supervises all pulled sources: declares their streams, runs them while they are wanted, restarts them with backoff
 * when they fail, and shows on their streams why nothing comes.
 */
export class Supervisor {
  readonly #parts: SupervisorParts
  readonly #kept = new Set<KeptSource>()
  #isClosed = false

  constructor(parts: SupervisorParts) {
    this.#parts = parts
  }

  /** Whether sources run at this server: several servers of one installation must not pull the same. */
  get mayRun(): boolean {
    return this.#parts.mayRun ?? true
  }

  /**
   * Starts supervising a source.
   * @throws Refusal as `Hub.declare`; `exhausted` when the server is shutting down, `unavailable` when no sources run at
   *   this server; nothing is declared then
   */
  supervise(source: PulledSource): SupervisedSource {
    if (!this.mayRun) throw new Refusal('unavailable', NOT_HERE)
    if (this.#isClosed) throw new Refusal('exhausted', 'The server is going down.')
    const kept = new KeptSource(this.#parts, source, () => this.#kept.delete(kept))
    this.#kept.add(kept)
    kept.declare()
    return kept
  }

  /** Stops all sources; resolves when their runs have settled. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#kept].map((kept) => kept.stop()))
  }
}

class KeptSource implements SupervisedSource {
  readonly started: Promise<void>
  readonly #parts: SupervisorParts
  readonly #source: PulledSource
  readonly #gone: () => void
  readonly #backoff: Backoff
  readonly #declarations: Declaration[] = []
  readonly #found: FoundStreams
  /** By the index of their stream. */
  readonly #demands: Demand[]
  #settleStarted: { resolve: () => void; reject: (error: Error) => void } | undefined
  /** The current run and what aborts it; it may be ending. */
  #run: { readonly end: AbortController; readonly settled: Promise<void> } | undefined
  /** It has failed for that reason and waits to be run again. */
  #retry: { readonly reason: string; readonly cancel: () => void } | undefined
  #failedAt = Number.NEGATIVE_INFINITY
  #isStopped = false

  constructor(parts: SupervisorParts, source: PulledSource, gone: () => void) {
    this.#parts = parts
    this.#source = source
    this.#gone = gone
    const { minDelay, maxDelay } = source.retry ?? RETRY
    this.#backoff = new Backoff(minDelay, maxDelay, parts.random)
    this.#demands = source.streams.map(() => NO_DEMAND)
    const { hub } = parts
    this.#found = new FoundStreams({ hub, principal: source.principal, demandChanged: () => this.#reconsider() })
    this.started = new Promise((resolve, reject) => {
      this.#settleStarted = { resolve, reject }
    })
    // `started` may be ignored: its rejection must not count as unhandled.
    this.started.catch(() => {})
  }

  declare(): void {
    const { streams, principal, options } = this.#source
    try {
      for (const [at, name] of streams.entries()) {
        const demandChanged = (demand: Demand) => {
          this.#demands[at] = demand
          this.#reconsider()
        }
        this.#declarations.push(this.#parts.hub.declare(principal, name, options, { demandChanged }))
      }
    } catch (error) {
      void this.stop()
      throw error
    }
    this.#reconsider()
  }

  async stop(): Promise<void> {
    if (!this.#isStopped) {
      this.#isStopped = true
      this.#retry?.cancel()
      this.#run?.end.abort()
      for (const declaration of this.#declarations) declaration.withdraw()
      this.#found.withdraw()
      this.#settleStarted?.reject(new Error('it was stopped'))
      this.#gone()
    }
    await this.#run?.settled
  }

  get #isWanted(): boolean {
    if (this.#isStopped || this.#declarations.length < this.#source.streams.length) return false
    const { options, runs = options.when === 'always' ? 'always' : 'while-wanted' } = this.#source
    return runs === 'always' || this.#demands.some(({ viewers }) => viewers > 0) || this.#found.areWanted
  }

  /** Starts or stops it, according to the demand. */
  #reconsider(): void {
    if (!this.#isWanted) this.#run?.end.abort()
    // One that has failed keeps waiting, whoever comes and goes: viewers must not shorten the backoff, and see the
    // reason.
    else if (this.#retry) this.#reportFailure(this.#retry.reason)
    else if (!this.#run) this.#start()
  }

  #reportFailure(reason: string): void {
    for (const declaration of this.#declarations) declaration.failed(reason)
    this.#found.failed(reason)
  }

  #start(): void {
    const { hub, clock } = this.#parts
    const source = this.#source
    if (clock.monotonic() - this.#failedAt > QUIET_MS) this.#backoff.reset()
    const end = new AbortController()
    let readyAt: number | undefined
    const run: SourceRun = {
      signal: end.signal,
      ready: () => {
        readyAt ??= clock.monotonic()
        this.#settleStarted?.resolve()
        if (!end.signal.aborted) this.#found.withdrawOthers(end.signal)
      },
      publish: async (input) => {
        if (end.signal.aborted) return undefined
        const published = await hub.publish(source.principal, input, source.dialect)
        // The frame was on its way to the store when the source failed: the failure still applies.
        if (this.#retry) this.#reportFailure(this.#retry.reason)
        return published
      },
      demand: (stream) =>
        this.#declarations[source.streams.findIndex((each) => isSameStream(each, stream))]?.demand ??
        this.#found.demandFor(stream) ??
        NO_DEMAND,
      declare: (...declared) => this.#found.declare(end.signal, ...declared),
    }
    const settled = Promise.withResolvers<void>()
    this.#run = { end, settled: settled.promise }
    void runSafely(source, run).then((failure) => {
      this.#run = undefined
      const isStopped = end.signal.aborted
      end.abort()
      if (!isStopped) this.#failed(failure, readyAt)
      // It may have been wanted again while it was ending.
      else this.#reconsider()
      settled.resolve()
    })
  }

  /** @param readyAt when the run became ready, monotonic ms */
  #failed({ reason, retryAfter = 0 }: Failure, readyAt: number | undefined): void {
    const { clock, log } = this.#parts
    this.#failedAt = clock.monotonic()
    if (readyAt !== undefined && this.#failedAt - readyAt > STEADY_MS) this.#backoff.reset()
    const delay = Math.max(this.#backoff.next(), retryAfter)
    log.warn({ source: this.#source.name, reason, again_in_ms: Math.round(delay) }, 'a source failed')
    const again = () => {
      this.#retry = undefined
      this.#reconsider()
    }
    const cancel = delay === Number.POSITIVE_INFINITY ? () => {} : clock.after(delay, again)
    // Before notifying: viewers may come or go as a reaction.
    this.#retry = { reason, cancel }
    this.#reportFailure(reason)
    this.#settleStarted?.reject(new Error(reason))
  }
}

/** Why a run ended, in words, and the shortest wait before the next, ms. */
interface Failure {
  readonly reason: string
  readonly retryAfter?: number
}

async function runSafely(source: PulledSource, run: SourceRun): Promise<Failure> {
  try {
    await source.run(run)
    return { reason: 'it stopped unexpectedly' }
  } catch (error) {
    // It may quote an address, and is shown to whoever may see the stream.
    const reason = maskSecrets(messageOf(error))
    return error instanceof SourceFailure ? { reason, retryAfter: error.retryAfter } : { reason }
  }
}

const NOT_HERE = 'This server pulls no sources (sources.pull); ask the one that does.'
const RETRY: RetryRules = { minDelay: 500, maxDelay: 10_000 }
/** A source that was ready for so long before it failed is not in a failure loop: its backoff is reset. ms. */
const STEADY_MS = 10_000
/** The same for one that has not been tried for so long. ms. */
const QUIET_MS = 60_000

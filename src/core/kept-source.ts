import { Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { Declaration } from './declared-stream.ts'
import { type Demand, NO_DEMAND } from './demand.ts'
import { messageOf } from './errors.ts'
import { FoundStreams } from './found-streams.ts'
import type { Hub } from './hub.ts'
import type { Log } from './log.ts'
import { MINUTE_MS } from './log-limit.ts'
import {
  type PulledSource,
  type RetryRules,
  SourceFailure,
  type SourcePhase,
  type SourceRun,
  type SupervisedSource,
} from './pulled-source.ts'
import { RetryWait } from './retry-wait.ts'
import { isSameStream, type StreamName } from './stream-name.ts'
import { maskSecrets } from './url-secrets.ts'

/** What a source under supervision needs. */
export interface KeptSourceParts {
  readonly hub: Hub
  readonly clock: Clock
  readonly log: Log
  /** For the jitter; returns 0 to below 1. */
  readonly random?: () => number
}

/** A source under supervision: runs it while it is wanted, and again when it has failed. */
export class KeptSource implements SupervisedSource {
  readonly started: Promise<void>
  readonly #parts: KeptSourceParts
  readonly #source: PulledSource
  readonly #gone: () => void
  readonly #backoff: Backoff
  readonly #declarations: Declaration[] = []
  readonly #found: FoundStreams
  /** By the index of their stream. */
  readonly #demands: Demand[]
  #settleStarted: { resolve: () => void; reject: (error: Error) => void } | undefined
  /** The current run and what aborts it; it may be ending. */
  #run: CurrentRun | undefined
  /** It has failed for that reason and waits to be run again. */
  #retry: { readonly reason: string; readonly wait: RetryWait } | undefined
  #failedAt = Number.NEGATIVE_INFINITY
  /** The reason that was logged last, and when (monotonic ms). */
  #logged: { readonly reason: string; readonly at: number } | undefined
  /** Others publish its stream: when they last did, monotonic ms. */
  #others: { at: number; readonly cancel: () => void } | undefined
  #isStopped = false

  /** @param gone called when it is stopped */
  constructor(parts: KeptSourceParts, source: PulledSource, gone: () => void) {
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

  get phase(): SourcePhase {
    if (this.#others) return 'yielding'
    if (this.#retry) return this.#retry.wait.isForever ? 'given-up' : 'waiting'
    return this.#run && !this.#run.end.signal.aborted ? 'running' : 'idle'
  }

  /** Declares its streams. @throws Refusal as `Hub.declare` */
  declare(): void {
    const { streams, principal, options } = this.#source
    try {
      for (const [at, name] of streams.entries()) {
        const demandChanged = (demand: Demand) => {
          this.#demands[at] = demand
          this.#reconsider()
          this.#run?.demandChanged?.()
        }
        const publishedByOthers = () => this.#yield()
        const provider = { demandChanged, publishedByOthers }
        this.#declarations.push(this.#parts.hub.declare(principal, name, options, provider))
      }
    } catch (error) {
      void this.stop()
      throw error
    }
    this.#reconsider()
  }

  retry(): void {
    if (!this.#retry) return
    this.#retry.wait.cancel()
    this.#retry = undefined
    this.#backoff.reset()
    this.#reconsider()
  }

  async stop(): Promise<void> {
    if (!this.#isStopped) {
      this.#isStopped = true
      this.#retry?.wait.cancel()
      this.#others?.cancel()
      this.#run?.end.abort()
      for (const declaration of this.#declarations) declaration.withdraw()
      this.#found.withdraw()
      this.#settleStarted?.reject(new Error('it was stopped'))
      this.#gone()
    }
    await this.#run?.settled
  }

  get #isWanted(): boolean {
    if (this.#isStopped || this.#others || this.#declarations.length < this.#source.streams.length) return false
    const { options, runs = options.when === 'always' ? 'always' : 'while-wanted' } = this.#source
    return runs === 'always' || this.#isWatched
  }

  get #isWatched(): boolean {
    return this.#demands.some(({ viewers }) => viewers > 0) || this.#found.areWanted
  }

  /** Starts or stops it, according to the demand. */
  #reconsider(): void {
    if (!this.#isWanted) this.#run?.end.abort()
    // One that has failed keeps waiting, whoever comes and goes: viewers must not take its turn, and see the reason.
    else if (this.#retry) {
      if (this.#isWatched) this.#retry.wait.shorten(WATCHED_DELAY_MS)
      this.#reportFailure(this.#retry.reason)
    } else if (!this.#run) this.#start()
  }

  /** Somebody else publishes its stream: it does not, until they have been silent for long. */
  #yield(): void {
    const { yieldsFor } = this.#source
    if (yieldsFor === undefined || this.#isStopped) return
    const at = this.#parts.clock.monotonic()
    if (this.#others) this.#others.at = at
    else {
      this.#others = { at, cancel: this.#afterOthers(yieldsFor, yieldsFor) }
      this.#reconsider()
    }
  }

  /** Goes on once the others have been silent for `yieldsFor` ms. @param delay when to look, ms @returns cancels */
  #afterOthers(yieldsFor: number, delay: number): () => void {
    const { clock } = this.#parts
    return clock.after(delay, () => {
      if (!this.#others) return
      const { at } = this.#others
      const left = at + yieldsFor - clock.monotonic()
      this.#others = left > 0 ? { at, cancel: this.#afterOthers(yieldsFor, left) } : undefined
      this.#reconsider()
    })
  }

  #reportFailure(reason: string): void {
    for (const declaration of this.#declarations) declaration.failed(reason)
    this.#found.failed(reason)
  }

  #declarationOf(stream: StreamName): Declaration | undefined {
    return this.#declarations[this.#source.streams.findIndex((each) => isSameStream(each, stream))]
  }

  #start(): void {
    const { hub, clock } = this.#parts
    const source = this.#source
    if (clock.monotonic() - this.#failedAt > QUIET_MS) this.#backoff.reset()
    const end = new AbortController()
    let readyAt: number | undefined
    const settled = Promise.withResolvers<void>()
    const current: CurrentRun = { end, settled: settled.promise }
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
      demand: (stream) => this.#declarationOf(stream)?.demand ?? this.#found.demandFor(stream) ?? NO_DEMAND,
      onDemand: (listener) => {
        current.demandChanged = () => !end.signal.aborted && listener()
      },
      heard: (stream, ...said) => !end.signal.aborted && this.#declarationOf(stream)?.heard(...said),
      declare: (...declared) => this.#found.declare(end.signal, ...declared),
    }
    this.#run = current
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
    const delay = Math.min(this.#backoff.next(), this.#isWatched ? WATCHED_DELAY_MS : Number.POSITIVE_INFINITY)
    const wait = new RetryWait(clock, { delay, least: retryAfter }, () => {
      this.#retry = undefined
      this.#reconsider()
    })
    // What is watched fails every few seconds, for as long as its camera is off.
    if (reason !== this.#logged?.reason || this.#failedAt - this.#logged.at >= MINUTE_MS) {
      log.warn({ source: this.#source.name, reason, again_in_ms: Math.round(wait.left) }, 'a source failed')
      this.#logged = { reason, at: this.#failedAt }
    }
    // Before notifying: viewers may come or go as a reaction.
    this.#retry = { reason, wait }
    this.#reportFailure(reason)
    this.#settleStarted?.reject(new Error(reason))
  }
}

/** A run that is under way. */
interface CurrentRun {
  readonly end: AbortController
  readonly settled: Promise<void>
  /** Tells it that the demand for one of its streams has changed. */
  demandChanged?: () => void
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

const RETRY: RetryRules = { minDelay: 500, maxDelay: 10_000 }
/** What somebody watches does not wait longer, ms. */
const WATCHED_DELAY_MS = 3000
/** A source that was ready for so long before it failed is not in a failure loop: its backoff is reset. ms. */
const STEADY_MS = 10_000
/** The same for one that has not been tried for so long. ms. */
const QUIET_MS = 60_000

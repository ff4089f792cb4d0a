import type { PieceOrder } from '../core/array-piece.ts'
import { Backoff } from '../core/backoff.ts'
import type { Clock } from '../core/clock.ts'
import { type ScaledPictures, type ScaleJob, type Scaler, ScalerFailure, UndecodablePicture } from './scaler.ts'
import { ScalerThread } from './scaler-thread.ts'

/** What a pool is made of. */
export interface ScalerPoolParts {
  readonly clock: Clock
  readonly rules: ScalerPoolRules
  /** Is told each time that a thread crashed, hung or could not be started. */
  readonly onFailure: (reason: string) => void
  /** The program of the threads; replaced by tests. */
  readonly program?: URL
  /** How long a thread may take to start, ms; replaced by tests. */
  readonly startTimeout?: number
}

/** Limits of a pool. */
export interface ScalerPoolRules {
  /** How many threads there are, at least 1. */
  readonly threads: number
  /** The width times the height of an original at most. */
  readonly maxPixels: number
  /** How long a job may take, ms; a thread that takes longer is replaced. */
  readonly jobTimeout: number
}

/**
 * Worker threads that make renditions. They are started when there is work for them, one after the other, as each start
 * takes some milliseconds of the event loop; and kept. One that crashes or hangs fails its job and is replaced, the later
 * the more often that happens. As a thread cannot be ended inside native code, one that hangs there is replaced while it
 * goes on, but there are never more than twice as many as wanted.
 */
export class ScalerPool implements Scaler {
  readonly threads: number
  readonly #parts: ScalerPoolParts
  readonly #backoff = new Backoff(MIN_DELAY_MS, MAX_DELAY_MS)
  readonly #idle: ScalerThread[] = []
  /** Those that are idle, busy or being started. */
  readonly #alive = new Set<ScalerThread>()
  /** Those that have been given up and not ended. */
  readonly #abandoned = new Set<ScalerThread>()
  readonly #jobs = new Set<Promise<unknown>>()
  readonly #idleListeners = new Set<() => void>()
  #isStarting = false
  /** Ends the pause after a failure; undefined if there is none. */
  #cancelPause: (() => void) | undefined
  #isClosed = false

  constructor(parts: ScalerPoolParts) {
    this.#parts = parts
    this.threads = parts.rules.threads
  }

  get idle(): number {
    return this.#idle.length + (this.#mayStart ? 1 : 0)
  }

  get isStuck(): boolean {
    return this.#alive.size === 0 && !this.#hasRoom
  }

  onIdle(listener: () => void): void {
    this.#idleListeners.add(listener)
  }

  /** Starts the first thread before there is work for it. A failure is told and tried again with the first job. */
  async start(): Promise<void> {
    if (this.#alive.size > 0 || !this.#mayStart) return
    await this.#track(this.#startThread()).then(
      (thread) => this.#release(thread),
      () => {},
    )
  }

  scale(job: ScaleJob): Promise<ScaledPictures> {
    return this.#track(this.#do((thread) => thread.scale(job)))
  }

  write(order: PieceOrder): Promise<Uint8Array> {
    return this.#track(this.#do((thread) => thread.write(order)))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelPause?.()
    await Promise.allSettled(this.#jobs)
    for (const thread of this.#alive) thread.end()
    await Promise.all([...this.#alive].map((thread) => thread.ended))
  }

  get #mayStart(): boolean {
    if (this.#isClosed || this.#isStarting || this.#cancelPause) return false
    return this.#alive.size < this.threads && this.#hasRoom
  }

  /** Whether those that were given up leave room for another thread. */
  get #hasRoom(): boolean {
    return this.#alive.size + this.#abandoned.size < MOST_THREADS * this.threads
  }

  async #do<Result>(job: (thread: ScalerThread) => Promise<Result>): Promise<Result> {
    const thread = this.#idle.pop() ?? (await this.#startThread())
    const cancelTimeout = this.#parts.clock.after(this.#parts.rules.jobTimeout, () =>
      this.#abandon(thread, `a job took longer than ${this.#parts.rules.jobTimeout} ms`),
    )
    try {
      const result = await job(thread)
      this.#backoff.reset()
      return result
    } catch (error) {
      if (!(error instanceof UndecodablePicture)) this.#pause(error)
      throw error
    } finally {
      cancelTimeout()
      this.#release(thread)
    }
  }

  /** @throws ScalerFailure */
  async #startThread(): Promise<ScalerThread> {
    if (!this.#mayStart) throw new ScalerFailure('no thread that makes renditions is idle')
    this.#isStarting = true
    const { clock, rules, program, startTimeout = START_TIMEOUT_MS } = this.#parts
    let cancelTimeout = () => {}
    try {
      const thread = new ScalerThread({ maxPixels: rules.maxPixels, program })
      this.#alive.add(thread)
      thread.ended.then(() => this.#forget(thread))
      cancelTimeout = clock.after(startTimeout, () =>
        this.#abandon(thread, 'a thread that makes renditions took too long to start'),
      )
      await thread.ready
      return thread
    } catch (error) {
      this.#pause(error)
      throw error
    } finally {
      cancelTimeout()
      this.#isStarting = false
    }
  }

  /** After a job. */
  #release(thread: ScalerThread): void {
    if (this.#alive.has(thread) && thread.isIdle) this.#idle.push(thread)
    this.#tellIdle()
  }

  #abandon(thread: ScalerThread, reason: string): void {
    this.#alive.delete(thread)
    if (thread.abandon(reason)) this.#abandoned.add(thread)
  }

  /** It has ended. */
  #forget(thread: ScalerThread): void {
    this.#alive.delete(thread)
    this.#abandoned.delete(thread)
    const at = this.#idle.indexOf(thread)
    if (at >= 0) this.#idle.splice(at, 1)
    this.#tellIdle()
  }

  /** Starts no thread for a while, after one failed. */
  #pause(error: unknown): void {
    this.#parts.onFailure(error instanceof Error ? error.message : String(error))
    if (this.#isClosed) return
    this.#cancelPause?.()
    this.#cancelPause = this.#parts.clock.after(this.#backoff.next(), () => {
      this.#cancelPause = undefined
      this.#tellIdle()
    })
  }

  #tellIdle(): void {
    if (this.idle > 0) for (const listener of this.#idleListeners) listener()
  }

  /** Lets `close` wait for it. */
  #track<Result>(job: Promise<Result>): Promise<Result> {
    this.#jobs.add(job)
    const done = () => this.#jobs.delete(job)
    job.then(done, done)
    return job
  }
}

/** Between failures and the start of another thread, ms. */
const MIN_DELAY_MS = 200
const MAX_DELAY_MS = 30_000

/** Loading takes a second on a slow machine. */
const START_TIMEOUT_MS = 30_000

/** As many times the wanted threads, counting those that were given up and go on. */
const MOST_THREADS = 2

import type { PieceOrder } from '../core/array-piece.ts'
import type { Clock } from '../core/clock.ts'
import { FairQueue } from '../core/fair-queue.ts'
import { RoundRobin, type Turn } from '../core/round-robin.ts'
import { type ScaledPictures, type ScaleJob, type Scaler, ScalerFailure } from './scaler.ts'
import type { ScalerHealth } from './scaler-health.ts'

/** What waits for a thread. */
interface Work<Job, Result> {
  /** Its turn has come. @returns undefined if there is nothing to be done any more */
  begin(): Job | undefined
  done(result: Result): void
  failed(error: unknown): void
}

/** Pictures that are to be made. */
export type ScaleWork = Work<ScaleJob, ScaledPictures>

/** Values that are to be written. */
export interface WriteWork extends Work<PieceOrder, Uint8Array> {
  readonly kind: 'write'
}

/** What somebody has asked for once. */
type SingleWork = ScaleWork | WriteWork

/**
 * Whose job is next when a thread is idle: streams take turns with what was asked for once, pictures and values; streams one
 * after another, single jobs client by client.
 */
export class ScaleTurns {
  readonly #scaler: Scaler
  readonly #health: ScalerHealth
  readonly #clock: Clock
  readonly #streams = new RoundRobin<ScaleWork & Turn>()
  readonly #singles = new FairQueue<SingleWork>()
  #isTurnOfSingles = false
  #waitingSingles = 0
  #isClosed = false

  constructor(scaler: Scaler, health: ScalerHealth, clock: Clock) {
    this.#scaler = scaler
    this.#health = health
    this.#clock = clock
    scaler.onIdle(() => this.#pump())
  }

  /** How many jobs wait. */
  get waiting(): number {
    return this.#streams.size + this.#waitingSingles
  }

  /** Adds the work of a stream; not again before it has begun. */
  addStream(work: ScaleWork & Turn): void {
    this.#streams.add(work)
    this.#pump()
  }

  /** A stream has no work any more; it was added and has not begun. */
  removeStream(work: ScaleWork & Turn): void {
    this.#streams.remove(work)
  }

  /** Adds a single job. */
  addSingle(client: string, work: SingleWork): void {
    if (this.#isClosed) {
      work.failed(new ScalerFailure(GOING_DOWN))
      return
    }
    this.#singles.add(client, work)
    this.#waitingSingles++
    this.#pump()
  }

  /** Nobody waits for it any more. */
  removeSingle(client: string, work: SingleWork): void {
    if (this.#singles.remove(client, work)) this.#waitingSingles--
  }

  /** Single jobs that wait fail. */
  failSingles(reason: string): void {
    for (let work = this.#nextSingle(); work; work = this.#nextSingle()) work.failed(new ScalerFailure(reason))
  }

  /** Nothing more begins; single jobs that wait fail. */
  close(): void {
    this.#isClosed = true
    this.failSingles(GOING_DOWN)
  }

  #pump(): void {
    if (this.#isClosed) return
    while (this.#scaler.idle > 0) {
      const work = this.#next()
      if (!work) return
      if ('kind' in work) this.#run(work, (order) => this.#scaler.write(order))
      else this.#run(work, (job) => this.#scaler.scale(job))
    }
  }

  #next(): SingleWork | undefined {
    this.#isTurnOfSingles = !this.#isTurnOfSingles
    return this.#isTurnOfSingles
      ? (this.#nextSingle() ?? this.#nextStream())
      : (this.#nextStream() ?? this.#nextSingle())
  }

  #nextSingle(): SingleWork | undefined {
    const work = this.#singles.next(() => false)
    if (work) this.#waitingSingles--
    return work
  }

  #nextStream(): ScaleWork | undefined {
    const work = this.#streams.next(this.#clock.now())
    return typeof work === 'object' ? work : undefined
  }

  async #run<Job, Result>(work: Work<Job, Result>, carryOut: (job: Job) => Promise<Result>): Promise<void> {
    const job = work.begin()
    if (job === undefined) return
    const settle = await carryOut(job).then(
      (made) => {
        this.#health.worked()
        return () => work.done(made)
      },
      (error: unknown) => {
        this.#health.failed(error, this.#scaler.isStuck)
        return () => work.failed(error)
      },
    )
    settle()
    this.#pump()
  }
}

const GOING_DOWN = 'The server is going down.'

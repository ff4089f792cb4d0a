import { Worker } from 'node:worker_threads'
import type { PieceOrder } from '../core/array-piece.ts'
import { messageOf } from '../core/errors.ts'
import { Capacity } from './capacity.ts'
import { ThreadEnd } from './native-gate.ts'
import { packedOf } from './packed-array.ts'
import { type ScaledPictures, type ScaleJob, ScalerFailure, UndecodablePicture } from './scaler.ts'
import type { ScalerAnswer, ScalerOrder, ScalerThreadSettings } from './scaler-messages.ts'

/** What a thread is started with. */
export interface ScalerThreadOptions {
  /** Of an original. */
  readonly maxPixels: number
  /** The program of the thread; replaced by tests. */
  readonly program?: URL | undefined
}

/** A worker thread that makes renditions (`scaler-worker.ts`), as its owner has it. */
export class ScalerThread {
  /** Resolves when it can work. @throws ScalerFailure when it ends before */
  readonly ready: Promise<void>
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>
  readonly #worker: Worker
  readonly #ready = Promise.withResolvers<void>()
  readonly #end = new ThreadEnd()
  readonly #capacity = new Capacity()
  #memory = new SharedArrayBuffer(0)
  #job: ThreadJob | undefined
  #hasEnded = false

  /** Starts it, which takes up to 10 ms of the event loop. @throws ScalerFailure when the machine has no room for it */
  constructor({ maxPixels, program = PROGRAM }: ScalerThreadOptions) {
    const worker = startWorker(program, { maxPixels, gate: this.#end.memory })
    this.#worker = worker
    const ended = Promise.withResolvers<void>()
    this.ready = this.#ready.promise
    this.ended = ended.promise
    // Whoever does not wait for it is told by the next job.
    this.ready.catch(() => {})
    let reason = 'it ended'
    worker.on('message', (answer: ScalerAnswer) => {
      if (answer.kind === 'ready') this.#ready.resolve()
      else this.#settle(answer)
    })
    worker.on('error', (error) => {
      reason = messageOf(error)
    })
    worker.on('exit', () => {
      this.#hasEnded = true
      running.delete(this.#end)
      const failure = new ScalerFailure(`a thread that makes renditions ended: ${reason}`)
      this.#ready.reject(failure)
      this.#job?.reject(failure)
      this.#job = undefined
      ended.resolve()
    })
    watchOverExit(this.#end)
  }

  /** Whether it takes another job. */
  get isIdle(): boolean {
    return !this.#hasEnded && this.#job === undefined
  }

  /**
   * Does a job, one at a time.
   * @throws UndecodablePicture; ScalerFailure when it ends before it is done, or the machine has no memory for the picture
   */
  async scale({ picture, outputs, values: written = [] }: ScaleJob): Promise<ScaledPictures> {
    const { bytes, ...source } = picture.kind === 'image' ? picture : packedOf(picture)
    const input = this.#inputOf(bytes)
    const answer = await this.#do(
      source.kind === 'image'
        ? { kind: 'scale', ...input, mediaType: source.mediaType, outputs }
        : { kind: 'draw', ...input, array: source, outputs, values: written },
    )
    if (answer.kind !== 'scaled') throw wrongAnswer()
    const { pictures, values, isDamaged } = answer
    return { pictures, values, isDamaged }
  }

  /** Writes values, likewise. */
  async write({ piece: { array, ...place }, format }: PieceOrder): Promise<Uint8Array> {
    const { bytes, ...source } = array
    const answer = await this.#do({ kind: 'write', ...this.#inputOf(bytes), array: source, place, format })
    if (answer.kind !== 'written') throw wrongAnswer()
    return answer.bytes
  }

  /** Lets it end, which it does when it is idle. */
  end(): void {
    this.#order({ kind: 'end' })
  }

  /**
   * Ends it in the middle of whatever it does; its start or its job fails at once. Inside native code it goes on until it
   * is out of that.
   * @returns whether it goes on
   */
  abandon(reason: string): boolean {
    this.#ready.reject(new ScalerFailure(reason))
    this.#job?.reject(new ScalerFailure(reason))
    this.#job = undefined
    const isOutside = this.#end.announce()
    if (isOutside) void this.#worker.terminate()
    return !isOutside
  }

  /** The bytes in memory that the thread shares: viewers share them too, so they stay where they are. @throws ScalerFailure */
  #inputOf(bytes: Uint8Array) {
    if (!this.isIdle) throw new ScalerFailure('a thread that makes renditions is not idle')
    const { length } = bytes
    const memory = this.#memoryFor(length)
    new Uint8Array(memory).set(bytes)
    return { memory, length }
  }

  #do(order: ScalerOrder): Promise<DoneAnswer> {
    const job: ThreadJob = Promise.withResolvers()
    this.#job = job
    this.#order(order)
    return job.promise
  }

  /** @throws ScalerFailure */
  #memoryFor(bytes: number): SharedArrayBuffer {
    const capacity = this.#capacity.for(bytes)
    if (this.#memory.byteLength === capacity) return this.#memory
    try {
      this.#memory = new SharedArrayBuffer(capacity)
    } catch {
      this.#capacity.reset()
      throw new ScalerFailure(`the machine has no memory for a picture of ${bytes} bytes`)
    }
    return this.#memory
  }

  #order(order: ScalerOrder): void {
    this.#worker.postMessage(order)
  }

  #settle(answer: Exclude<ScalerAnswer, { kind: 'ready' }>): void {
    const job = this.#job
    this.#job = undefined
    if (answer.kind === 'undecodable') job?.reject(new UndecodablePicture(answer.reason))
    else job?.resolve(answer)
  }
}

/** What a thread answers when it has done something. */
type DoneAnswer = Exclude<ScalerAnswer, { kind: 'ready' | 'undecodable' }>
type ThreadJob = PromiseWithResolvers<DoneAnswer>

function wrongAnswer(): ScalerFailure {
  return new ScalerFailure('a thread that makes renditions did something else than it was told')
}

/** @throws ScalerFailure */
function startWorker(program: URL, workerData: ScalerThreadSettings): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MB }
  try {
    return new Worker(program, { name: 'renditions', workerData, resourceLimits })
  } catch (error) {
    throw new ScalerFailure(`a thread that makes renditions could not be started: ${messageOf(error)}`)
  }
}

const PROGRAM = new URL('scaler-worker.ts', import.meta.url)

/** Far more than such a thread needs: pictures are not in this heap. */
const HEAP_MB = 256

/** Of the threads that have not ended. */
const running = new Set<ThreadEnd>()
let watchesOverExit = false

/**
 * The end of the process ends all threads, and aborts when one is inside native code. So it waits until they are out of it,
 * which takes milliseconds; some seconds, on a machine that is very busy, where they were just being started.
 */
function watchOverExit(end: ThreadEnd): void {
  running.add(end)
  if (watchesOverExit) return
  watchesOverExit = true
  process.on('exit', () => {
    const deadline = performance.now() + EXIT_PATIENCE_MS
    for (const each of running) each.announce()
    for (const each of running) each.waitOutside(Math.max(0, deadline - performance.now()))
  })
}

const EXIT_PATIENCE_MS = 10_000

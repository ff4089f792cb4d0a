import { Worker } from 'node:worker_threads'
import type { Clock } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { SlateAnswer, SlateOrder, SlateRequest } from './slate-messages.ts'

/** Draws slates as JPEGs, one after the other, off the event loop. */
export interface SlatePainter {
  /** @throws Error when it cannot be drawn on this machine, takes too long, or the painter is closed */
  draw(order: SlateOrder): Promise<Uint8Array>
  /** Ends it after what it is drawing; what waits is not drawn any more. */
  close(): Promise<void>
}

interface Drawing {
  readonly order: SlateOrder
  readonly resolve: (jpeg: Uint8Array) => void
  readonly reject: (error: Error) => void
}

/**
 * The worker thread of slates (`slate-worker.ts`), started with the first one, ended after some time without any, and
 * replaced when it has ended by itself or hangs. It has one slate at a time: a decoded picture takes megabytes, and many
 * streams may stop at once.
 */
export class SlateThread implements SlatePainter {
  readonly #clock: Clock
  readonly #start: () => Worker
  #worker: Worker | undefined
  /** All that run, with their ends: the current one, and those that were asked to end. */
  readonly #running = new Map<Worker, Promise<void>>()
  readonly #queue: Drawing[] = []
  /** What the thread draws. */
  #current: Drawing | undefined
  #cancelTimer: (() => void) | undefined
  #isClosed = false

  /** @param start starts the thread; replaced by tests */
  constructor(clock: Clock, start = startWorker) {
    this.#clock = clock
    this.#start = start
  }

  draw(order: SlateOrder): Promise<Uint8Array> {
    if (this.#isClosed) return Promise.reject(closedError())
    return new Promise((resolve, reject) => {
      this.#queue.push({ order, resolve, reject })
      this.#next()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#end()
    for (const { reject } of this.#queue.splice(0)) reject(closedError())
    this.#settle(({ reject }) => reject(closedError()))
    await Promise.all(this.#running.values())
  }

  #next(): void {
    if (this.#current) return
    this.#cancelTimer?.()
    const drawing = this.#queue.shift()
    if (!drawing) {
      if (this.#worker) this.#cancelTimer = this.#clock.after(IDLE_MS, () => this.#end())
      return
    }
    if (!this.#worker && this.#running.size >= MOST_THREADS) {
      drawing.reject(new Error('the threads that draw hang'))
      this.#next()
      return
    }
    this.#current = drawing
    const patience = this.#worker ? PATIENCE_MS : START_PATIENCE_MS + PATIENCE_MS
    const worker = this.#worker ?? this.#begin()
    this.#cancelTimer = this.#clock.after(patience, () => {
      // It cannot be terminated, but it ends if it comes back.
      this.#end()
      this.#settle(({ reject }) => reject(new Error('it took too long')))
    })
    // A copy of its own: what it is a part of would be copied as a whole.
    const picture = drawing.order.picture && new Uint8Array(drawing.order.picture)
    const request: SlateRequest = { kind: 'draw', order: { ...drawing.order, picture } }
    worker.postMessage(request, picture ? [picture.buffer] : [])
  }

  #begin(): Worker {
    const worker = this.#start()
    // It keeps no process alive.
    worker.unref()
    this.#worker = worker
    let reason = 'its thread ended'
    worker.on('message', (answer: SlateAnswer) => {
      if (this.#worker !== worker) return
      this.#settle(({ resolve, reject }) => {
        if ('jpeg' in answer) resolve(answer.jpeg)
        else reject(new Error(answer.reason))
      })
    })
    worker.on('error', (error) => {
      reason = messageOf(error)
    })
    const ended = new Promise<void>((resolve) => {
      worker.on('exit', () => {
        resolve()
        this.#running.delete(worker)
        if (this.#worker !== worker) return
        this.#worker = undefined
        this.#settle(({ reject }) => reject(new Error(reason)))
      })
    })
    this.#running.set(worker, ended)
    return worker
  }

  #settle(how: (drawing: Drawing) => void): void {
    const drawing = this.#current
    this.#current = undefined
    if (drawing) how(drawing)
    this.#next()
  }

  /** Asks the thread to end after what it is drawing. */
  #end(): void {
    this.#cancelTimer?.()
    const worker = this.#worker
    if (!worker) return
    this.#worker = undefined
    // Waited for: a process that exits during a native call of a thread is aborted.
    worker.ref()
    worker.postMessage({ kind: 'end' } satisfies SlateRequest)
  }
}

function closedError(): Error {
  return new Error('no slates are drawn any more')
}

function startWorker(): Worker {
  return new Worker(new URL('./slate-worker.ts', import.meta.url), { name: 'slates' })
}

/** How long the thread stays without anything to draw. */
const IDLE_MS = 60_000
/** How long a slate may take to draw. */
const PATIENCE_MS = 15_000
/** How long the thread may take to start, which loads libraries: on a machine that is busy, many times what a slate takes. */
const START_PATIENCE_MS = 20_000
/** How many threads may be there, with those that hang. */
const MOST_THREADS = 2

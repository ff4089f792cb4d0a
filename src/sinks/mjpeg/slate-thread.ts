import { Worker } from 'node:worker_threads'
import { type Clock, inTime } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { SlateAnswer, SlateOrder, SlateRequest } from './slate-messages.ts'

/** Draws slates as JPEGs, one after the other, off the event loop. */
export interface SlatePainter {
  /** @throws Error when it cannot be drawn on this machine, or takes too long */
  draw(order: SlateOrder): Promise<Uint8Array>
  /** Ends it after what it is drawing. */
  close(): Promise<void>
}

interface Drawing {
  readonly resolve: (jpeg: Uint8Array) => void
  readonly reject: (error: Error) => void
}

/**
 * The worker thread of slates (`slate-worker.ts`), started with the first one, ended after some time without any, and
 * replaced when it has ended by itself or hangs.
 */
export class SlateThread implements SlatePainter {
  readonly #clock: Clock
  readonly #start: () => Worker
  #worker: Worker | undefined
  #exited: Promise<void> | undefined
  readonly #drawings = new Map<number, Drawing>()
  #count = 0
  #cancelEnd: (() => void) | undefined

  /** @param start starts the thread; replaced by tests */
  constructor(clock: Clock, start = startWorker) {
    this.#clock = clock
    this.#start = start
  }

  draw(order: SlateOrder): Promise<Uint8Array> {
    this.#cancelEnd?.()
    const number = this.#count++
    const worker = this.#worker ?? this.#begin()
    const drawn = new Promise<Uint8Array>((resolve, reject) => this.#drawings.set(number, { resolve, reject }))
    worker.postMessage({ kind: 'draw', number, order } satisfies SlateRequest)
    return inTime(this.#clock, PATIENCE_MS, drawn, () => {
      // It cannot be ended while it hangs, but nothing more is asked of it.
      if (this.#worker === worker) this.#ended('it took too long')
      return Promise.reject(new Error('it took too long'))
    })
  }

  async close(): Promise<void> {
    this.#cancelEnd?.()
    const exited = this.#exited
    this.#end()
    await exited
  }

  #begin(): Worker {
    const worker = this.#start()
    // It keeps no process alive.
    worker.unref()
    this.#worker = worker
    let reason = 'its thread ended'
    worker.on('message', (answer: SlateAnswer) => this.#answered(answer))
    worker.on('error', (error) => {
      reason = messageOf(error)
    })
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        resolve()
        if (this.#worker === worker) this.#ended(reason)
      })
    })
    return worker
  }

  #answered(answer: SlateAnswer): void {
    const drawing = this.#drawings.get(answer.number)
    this.#drawings.delete(answer.number)
    if ('jpeg' in answer) drawing?.resolve(answer.jpeg)
    else drawing?.reject(new Error(answer.reason))
    if (this.#drawings.size > 0) return
    this.#cancelEnd?.()
    this.#cancelEnd = this.#clock.after(IDLE_MS, () => this.#end())
  }

  /** Asks the thread to end after what it is drawing. */
  #end(): void {
    const worker = this.#worker
    this.#worker = undefined
    // Waited for: a process that exits during a native call of a thread is aborted.
    worker?.ref()
    worker?.postMessage({ kind: 'end' } satisfies SlateRequest)
  }

  #ended(reason: string): void {
    this.#worker = undefined
    this.#exited = undefined
    for (const { reject } of this.#drawings.values()) reject(new Error(reason))
    this.#drawings.clear()
  }
}

function startWorker(): Worker {
  return new Worker(new URL('./slate-worker.ts', import.meta.url), { name: 'slates' })
}

/** How long the thread stays without anything to draw. */
const IDLE_MS = 60_000
/** How long a slate may take to draw, with all that wait before it. */
const PATIENCE_MS = 15_000

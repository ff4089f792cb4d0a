import { Worker } from 'node:worker_threads'
import type { DrawOrder, WorkerAnswer, WorkerSettings } from '../../demo/thread-messages.ts'
import { messageOf } from '../core/errors.ts'

/** A frame that was drawn. */
export type Drawing = Extract<WorkerAnswer, { kind: 'drawn' }>

/** Receives the events of a demo thread. */
export interface DemoThreadListener {
  /** The requested frame is ready. */
  drawn(drawing: Drawing): void
  /** The thread ended by itself; the last event. */
  died(reason: string): void
}

/** The worker thread that draws the demo's scenes (`demo/worker.ts`) and loads the drawing library. */
export class DemoThread {
  readonly #worker: Worker
  #isStopped = false

  private constructor(worker: Worker) {
    this.#worker = worker
  }

  /** Starts a thread. @throws Error when this machine cannot draw, or the thread ended before it was ready */
  static start(settings: WorkerSettings, listener: DemoThreadListener): Promise<DemoThread> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('../../demo/worker.ts', import.meta.url), {
        name: 'demo',
        workerData: settings,
      })
      let thread: DemoThread | undefined
      let reason = 'it ended before it could draw'
      worker.on('message', (answer: WorkerAnswer) => {
        if (answer.kind === 'unable') reason = answer.reason
        else if (answer.kind === 'drawn') thread?.notify(() => listener.drawn(answer))
        else {
          reason = 'it ended'
          thread = new DemoThread(worker)
          resolve(thread)
        }
      })
      worker.on('error', (error) => {
        reason = messageOf(error)
      })
      worker.on('exit', () => {
        if (thread) thread.notify(() => listener.died(reason))
        else reject(new Error(reason))
      })
    })
  }

  /** Requests a frame. */
  draw(order: DrawOrder): void {
    this.#worker.postMessage(order)
  }

  /** Terminates the thread; no more events follow. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#worker.terminate()
  }

  private notify(event: () => void): void {
    if (!this.#isStopped) event()
  }
}

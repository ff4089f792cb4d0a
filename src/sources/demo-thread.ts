import { Worker } from 'node:worker_threads'
import type { DrawOrder, WorkerAnswer, WorkerSettings } from '../../demo/thread-messages.ts'
import { messageOf } from '../core/errors.ts'

/** A frame as it was drawn. */
export type Drawing = Extract<WorkerAnswer, { kind: 'drawn' }>

/** Who is told of what becomes of a thread. */
export interface DemoThreadListener {
  /** The frame that was asked for. */
  drawn(drawing: Drawing): void
  /** It ended by itself; nothing comes after this. */
  died(reason: string): void
}

/** The thread that draws the demo's scenes (`demo/worker.ts`), which loads the drawing when it starts. */
export class DemoThread {
  readonly #worker: Worker
  #isStopped = false

  private constructor(worker: Worker) {
    this.#worker = worker
  }

  /**
   * Starts a thread.
   * @throws Error when this machine lacks what it takes to draw, or the thread ended before it could
   */
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
        else if (answer.kind === 'drawn') thread?.tell(() => listener.drawn(answer))
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
        if (thread) thread.tell(() => listener.died(reason))
        else reject(new Error(reason))
      })
    })
  }

  /** Asks for a frame. */
  draw(order: DrawOrder): void {
    this.#worker.postMessage(order)
  }

  /** Ends the thread; its listener is told nothing any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#worker.terminate()
  }

  private tell(news: () => void): void {
    if (!this.#isStopped) news()
  }
}

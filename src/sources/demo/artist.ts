import { Worker } from 'node:worker_threads'
import type { DrawOrder, WorkerAnswer, WorkerSettings } from './orders.ts'

/** A frame as it was drawn. */
export type Drawing = Extract<WorkerAnswer, { kind: 'drawn' }>

/** Who is told of what becomes of a thread. */
export interface ArtistListener {
  /** The frame that was asked for. */
  drawn(drawing: Drawing): void
  /** It ended by itself; nothing comes after this. */
  died(reason: string): void
}

/** A thread that draws. */
export class Artist {
  readonly #worker: Worker
  #isStopped = false

  private constructor(worker: Worker) {
    this.#worker = worker
  }

  /**
   * Starts a thread.
   * @throws Error when this machine lacks what it takes to draw, or the thread ended before it could
   */
  static start(settings: WorkerSettings, listener: ArtistListener): Promise<Artist> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { name: 'demo', workerData: settings })
      let artist: Artist | undefined
      let reason = 'it ended before it could draw'
      worker.on('message', (answer: WorkerAnswer) => {
        if (answer.kind === 'unable') reason = answer.reason
        else if (answer.kind === 'drawn') artist?.tell(() => listener.drawn(answer))
        else {
          reason = 'it ended'
          artist = new Artist(worker)
          resolve(artist)
        }
      })
      worker.on('error', (error) => {
        reason = error instanceof Error ? error.message : String(error)
      })
      worker.on('exit', () => {
        if (artist) artist.tell(() => listener.died(reason))
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

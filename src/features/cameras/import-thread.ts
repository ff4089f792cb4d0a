import { Worker } from 'node:worker_threads'
import type { Clock } from '../../core/clock.ts'
import { Refusal } from '../../core/errors.ts'
import { SerialQueue } from '../../core/serial-queue.ts'
import type { CameraImport } from '../../wire/camera-import/read-import.ts'
import type { ImportAnswer } from './import-worker.ts'

/** How long reading a text may take, its thread's start among it, ms. A long one of a real installation takes 0.2 s. */
const PATIENCE_MS = 5000
/** What its thread may use, MB. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 }
/** How many texts may wait. */
const MAX_WAITING = 4

/**
 * Reads configurations of other programs, one after another, each in a thread of its own: a parser of YAML takes minutes for a
 * few kilobytes that were made for that.
 */
export class ImportThread {
  readonly #clock: Clock
  readonly #queue = new SerialQueue()
  #waiting = 0
  readonly #closed = new AbortController()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws Refusal `invalid` when the text is none that can be read; `unavailable` when too many are being read */
  async read(text: string): Promise<CameraImport> {
    if (this.#waiting >= MAX_WAITING)
      throw new Refusal('unavailable', 'Other configurations are being read; try again.', { retryAfter: 1 })
    this.#waiting++
    try {
      const answer = await this.#queue.run(() => this.#ask(text))
      if ('problem' in answer) throw new Refusal('invalid', answer.problem)
      return answer.found
    } finally {
      this.#waiting--
    }
  }

  /** Ends what is being read. */
  close(): void {
    this.#closed.abort()
  }

  async #ask(text: string): Promise<ImportAnswer> {
    const { signal } = this.#closed
    if (signal.aborted) return CLOSED
    const url = new URL('./import-worker.ts', import.meta.url)
    const worker = new Worker(url, { name: 'import', workerData: text, resourceLimits: LIMITS })
    const { promise, resolve } = Promise.withResolvers<ImportAnswer>()
    const tooMuch = () => resolve(TOO_MUCH)
    const cancel = this.#clock.after(PATIENCE_MS, tooMuch)
    worker.once('message', resolve)
    worker.once('error', tooMuch)
    worker.once('exit', tooMuch)
    const close = () => resolve(CLOSED)
    signal.addEventListener('abort', close, { once: true })
    try {
      return await promise
    } finally {
      cancel()
      signal.removeEventListener('abort', close)
      await worker.terminate()
    }
  }
}

const TOO_MUCH: ImportAnswer = {
  problem: 'text: takes too long to read, or too much memory; leave out what has nothing to do with cameras',
}
const CLOSED: ImportAnswer = { problem: 'text: the server is going down' }

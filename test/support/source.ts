import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { numbered } from './colours.ts'
import { authorized, type FrameForm, formOf } from './server.ts'
import { until } from './until.ts'

/**
 * A fake camera whose pictures encode their number as a colour, so that a test can tell from the screen which one is
 * shown and how old it is. Keeps running while the server is down, as cameras do; stopped after the test.
 */
export class Source {
  /** The form fields sent with each picture from now on. */
  fields: FrameForm
  /** When each picture was sent, by number, ms since 1970. */
  readonly sentAt: number[] = []
  /** By when the server had each of those that it took, by number, ms since 1970. */
  readonly takenBy: number[] = []
  readonly #url: string
  readonly #every: number
  readonly #ended = new AbortController()
  readonly #done: Promise<void>
  #isPaused = false

  /** @param url the server @param fps pictures per second, at most; each one takes a browser more than all else */
  constructor(url: string, fields: FrameForm = {}, fps = 5) {
    this.#url = url
    this.#every = 1000 / fps
    this.fields = { label: 'site', key: 'camera', ...fields }
    this.#done = this.#run()
    onTestFinished(() => this.stop())
  }

  /** The number of the last picture. */
  get last(): number {
    return this.sentAt.length - 1
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
  }

  /** Waits until it has sent `more` further pictures. */
  async sent(more: number): Promise<void> {
    const last = this.last + more
    await until(() => this.last >= last, `${more} more pictures`)
  }

  /** Stops; no picture is sent after it resolves. */
  async stop(): Promise<void> {
    this.#ended.abort()
    await this.#done
  }

  async #run(): Promise<void> {
    let due = performance.now()
    while (!this.#ended.signal.aborted) {
      if (!this.#isPaused) await this.#publish()
      due = Math.max(due + this.#every, performance.now())
      await sleep(Math.max(0, due - performance.now()), undefined, { signal: this.#ended.signal }).catch(() => {})
    }
  }

  async #publish(): Promise<void> {
    const number = this.sentAt.length
    const body = formOf({ ...this.fields, file: this.fields.file ?? numbered(number) })
    this.sentAt.push(Date.now())
    try {
      const response = await fetch(`${this.#url}/frames`, { method: 'POST', body, headers: authorized() })
      this.takenBy[number] = Date.now()
      await response.body?.cancel()
    } catch {
      // The server is down: the next one may arrive.
    }
  }
}

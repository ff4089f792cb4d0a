import { get, type IncomingMessage } from 'node:http'
import { ageOf } from './picture.ts'
import type { Delivery } from './watcher.ts'

/** A real MJPEG client that records when each picture was received: when the boundary behind it was. */
export class MjpegWatcher {
  readonly deliveries: Delivery[] = []
  readonly #response: IncomingMessage
  #rest = Buffer.alloc(0)

  private constructor(response: IncomingMessage) {
    this.#response = response
    response.on('data', (bytes: Buffer) => this.#take(bytes))
    response.on('error', (error) => console.error(error.message))
  }

  /** Opens a video. */
  static open(port: number, path: string): Promise<MjpegWatcher> {
    return new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, agent: false }, (response) => resolve(new MjpegWatcher(response))).on(
        'error',
        reject,
      )
    })
  }

  /** The pictures received in a period, by `performance.now()`. */
  between(from: number, to: number): Delivery[] {
    return this.deliveries.filter(({ at }) => at >= from && at < to)
  }

  close(): void {
    this.#response.destroy()
  }

  #take(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes])
    for (;;) {
      const end = this.#rest.indexOf(BOUNDARY)
      if (end < 0) return
      const age = ageOf(this.#rest.subarray(0, end))
      if (age !== undefined) this.deliveries.push({ at: performance.now(), age, key: undefined })
      this.#rest = this.#rest.subarray(end + BOUNDARY.length)
    }
  }
}

const BOUNDARY = '\r\n--frame\r\n'

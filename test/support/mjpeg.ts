import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { GrowingBytes } from './growing-bytes.ts'
import { type JpegPart, JpegParts } from './multipart-jpeg.ts'
import type { TestServer } from './server.ts'
import { until } from './until.ts'

/** A reader of an MJPEG response, ended after the test. */
export class MjpegReader {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly #response: IncomingMessage
  readonly #received = new GrowingBytes()
  readonly #parts = new JpegParts()
  #isOver = false

  private constructor(response: IncomingMessage) {
    this.#response = response
    this.status = response.statusCode ?? 0
    this.headers = response.headers
    response.on('data', (bytes: Buffer) => this.#received.append(bytes))
    response.on('close', () => {
      this.#isOver = true
    })
    response.on('error', () => {})
  }

  /** Opens a path, and reads. */
  static open(server: TestServer, path: string, headers: Readonly<Record<string, string>> = {}): Promise<MjpegReader> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(server.url + path, { headers, agent: false }, (response) =>
        resolve(new MjpegReader(response)),
      )
      request.on('error', reject)
      request.end()
      onTestFinished(() => {
        request.destroy()
      })
    })
  }

  /** The whole parts so far. */
  get parts(): readonly JpegPart[] {
    return this.#parts.in(this.#received.all)
  }

  /** Whether the response has ended, or its connection. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** What came, as text: of an answer that is no video. */
  async text(): Promise<string> {
    await until(() => this.#isOver, 'the end of the answer')
    return Buffer.from(this.#received.all).toString()
  }

  /** Waits for a part with this picture. */
  async sees(jpeg: Uint8Array, times = 1): Promise<void> {
    const same = () => this.parts.filter((part) => Buffer.compare(part.jpeg, jpeg) === 0).length
    await until(() => same() >= times, `${times} of a picture`)
  }

  /** Waits for so many parts, and returns the newest. */
  async newest(count: number): Promise<JpegPart> {
    await until(() => this.parts.length >= count, `${count} parts`)
    const part = this.parts.at(-1)
    if (!part) throw new Error('there is no part')
    return part
  }

  /** Stops reading, for good or until `goOn`. */
  stop(): void {
    this.#response.pause()
  }

  /** Reads on. */
  goOn(): void {
    this.#response.resume()
  }

  /** Disconnects. */
  leave(): void {
    this.#response.destroy()
  }
}

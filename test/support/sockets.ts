import { expect, onTestFinished } from 'vitest'
import { type ClientOptions, type RawData, WebSocket } from 'ws'
import type { LiveRequest } from '../../src/wire/live-messages.ts'
import { authorized, type Fields } from './server.ts'

/** A received message: text or bytes. */
export type Message = string | Buffer

/** The close code and reason of a WebSocket. */
export interface Closing {
  readonly code: number
  readonly reason: string
}

/** A frame of the binary dialects: a picture with its header. */
export interface FrameMessage {
  readonly header: Fields
  readonly image: Buffer
}

/** A WebSocket client that queues received messages for the test. Closed after the test. */
export class TestSocket {
  readonly ws: WebSocket
  /** Resolves when the connection has closed. */
  readonly closed: Promise<Closing>
  readonly #messages: Message[] = []
  #closing: Closing | undefined
  #wake: (() => void) | undefined

  private constructor(ws: WebSocket) {
    this.ws = ws
    ws.on('message', (data: RawData, isBinary: boolean) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat().map((part) => new Uint8Array(part)))
      this.#messages.push(isBinary ? bytes : bytes.toString())
      this.#wake?.()
    })
    // A broken connection is reported by `closed`, with code 1006.
    ws.on('error', () => {})
    this.closed = new Promise((resolve) => {
      ws.on('close', (code, reason) => {
        this.#closing = { code, reason: reason.toString() }
        this.#wake?.()
        resolve(this.#closing)
      })
    })
    onTestFinished(() => ws.terminate())
  }

  /** Connects. @throws when the handshake is refused */
  static async open(url: string, options: ClientOptions = {}): Promise<TestSocket> {
    const ws = new WebSocket(url, { perMessageDeflate: false, ...options })
    const socket = new TestSocket(ws)
    await new Promise<void>((resolve, reject) => {
      ws.once('open', resolve)
      ws.once('error', reject)
    })
    return socket
  }

  /** Connects as a publisher. */
  static publisher(url: string): Promise<TestSocket> {
    return TestSocket.open(url, { headers: authorized() })
  }

  /** The number of queued messages. */
  get unread(): number {
    return this.#messages.length
  }

  /** Sends a text or bytes as is, anything else as JSON. */
  send(message: string | Uint8Array | object): void {
    this.ws.send(typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message))
  }

  /** Sends a message of `/ws/live`. */
  ask(request: LiveRequest): void {
    this.send(request)
  }

  /** The next message. @throws when the connection closes first */
  async next(): Promise<Message> {
    for (;;) {
      const message = this.#messages.shift()
      if (message !== undefined) return message
      if (this.#closing) throw new Error(`closed with ${this.#closing.code} ${this.#closing.reason}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** The next message, which must be a JSON text. */
  async nextJson(): Promise<Fields> {
    const message = await this.next()
    if (typeof message !== 'string') throw new Error(`expected a text, got ${message.length} bytes`)
    return JSON.parse(message)
  }

  /** The next message, which must be a picture. */
  async nextFrame(): Promise<FrameMessage> {
    return frameOf(await this.next())
  }

  /** The next picture; texts in between are skipped. */
  async nextPicture(): Promise<FrameMessage> {
    for (;;) {
      const message = await this.next()
      if (typeof message !== 'string') return frameOf(message)
    }
  }

  /** The next text message of that type; pictures and other texts are skipped. */
  async nextOfType(type: string): Promise<Fields> {
    for (;;) {
      const message = await this.next()
      if (typeof message !== 'string') continue
      const fields: Fields = JSON.parse(message)
      if (fields.type === type) return fields
    }
  }

  /** Waits until the server has handled everything sent so far: pings are answered in order. */
  async settled(): Promise<void> {
    const answered = new Promise((resolve) => this.ws.once('pong', resolve))
    this.ws.ping()
    await answered
  }

  /** Closes the connection and waits for it. */
  async close(): Promise<Closing> {
    this.ws.close(1000)
    return this.closed
  }
}

/** Parses a binary message as the detection hub's clients do: splits it at the first `--IMG--`. */
export function frameOf(message: Message): FrameMessage {
  if (typeof message === 'string') throw new Error(`expected a picture, got the text ${message.slice(0, 200)}`)
  const at = message.indexOf('--IMG--')
  expect(at, 'the place of --IMG--').toBeGreaterThan(0)
  return { header: JSON.parse(message.subarray(0, at).toString()), image: message.subarray(at + 7) }
}

/** Makes a binary message as the detection hub's publishers do. */
export function imgMessage(header: object, image: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}--IMG--`), image])
}

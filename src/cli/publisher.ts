import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { UsageError } from './usage.ts'

/**
 * A sender to `WS /ws/frames` that outlives the server's restarts. At most two messages wait for their answers, so a
 * slow server slows the sender.
 */
export class Publisher {
  readonly #url: string
  readonly #token: string
  readonly #signal: AbortSignal
  /** What the messages are called that wait for their answers. */
  #waiting: string[] = []
  #answered: (() => void) | undefined
  #socket: WebSocket | undefined
  #stored = 0
  #refused = 0

  /**
   * @param url of the server, "http://127.0.0.1:8000"
   * @param signal ends all waiting
   */
  constructor(url: string, token: string, signal = new AbortController().signal) {
    if (!/^https?:\/\//.test(url)) throw new UsageError(`--url must begin with http:// or https://, not ${url}`)
    this.#url = `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws/frames`
    this.#token = token
    this.#signal = signal
    signal.addEventListener('abort', () => this.#answered?.())
  }

  /**
   * Sends one message when there is room for it.
   * @param name what it is called when it is refused
   */
  async publish(message: Uint8Array, name: string): Promise<void> {
    while (this.#waiting.length >= MAX_WAITING && !this.#signal.aborted) await this.#nextAnswer()
    const socket = await this.#connected()
    if (!socket) return
    this.#waiting.push(name)
    socket.send(message)
  }

  /** Waits for the last answers and closes. */
  async end(): Promise<{ stored: number; refused: number }> {
    while (this.#waiting.length > 0 && !this.#signal.aborted) await this.#nextAnswer()
    this.#socket?.close(1000)
    return { stored: this.#stored, refused: this.#refused }
  }

  #nextAnswer(): Promise<void> {
    return new Promise((resolve) => {
      this.#answered = resolve
    })
  }

  /** An open socket; undefined: told to stop before there was one. */
  async #connected(): Promise<WebSocket | undefined> {
    for (let delay = FIRST_DELAY_MS; !this.#signal.aborted; delay = Math.min(2 * delay, MAX_DELAY_MS)) {
      if (this.#socket?.readyState === WebSocket.OPEN) return this.#socket
      const problem = await this.#connect()
      if (problem === undefined) continue
      console.error(`${problem}; trying again`)
      await pause(delay * (0.5 + Math.random() / 2), this.#signal)
    }
    return undefined
  }

  /** @returns why it could not connect */
  async #connect(): Promise<string | undefined> {
    const socket = new WebSocket(this.#url, {
      headers: { authorization: `Bearer ${this.#token}` },
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
    })
    socket.on('message', (data) => this.#answer(data.toString()))
    const outcome = await new Promise<string | undefined>((resolve) => {
      socket.once('open', () => resolve(undefined))
      socket.once('error', (error) =>
        resolve(`No connection to ${this.#url}: ${error.message || ('code' in error ? error.code : error)}`),
      )
    })
    if (outcome !== undefined) return outcome
    this.#socket = socket
    socket.on('error', (error) => console.error(error.message))
    socket.on('close', (code, reason) => {
      this.#socket = undefined
      // What was under way is lost; the next picture is newer anyway.
      this.#waiting = []
      this.#answered?.()
      if (code !== 1008) return
      console.error(reason.toString())
      process.exit(1)
    })
    return undefined
  }

  #answer(text: string): void {
    const name = this.#waiting.shift()
    const answer: unknown = JSON.parse(text)
    const isStored = typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 'ok'
    if (isStored) this.#stored++
    else {
      this.#refused++
      const reason = typeof answer === 'object' && answer !== null && 'message' in answer ? answer.message : text
      console.error(`${name}: ${reason}`)
    }
    this.#answered?.()
  }
}

/** Waits so many ms, or until it is told to stop. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => {})
}

const MAX_WAITING = 2
const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 10_000

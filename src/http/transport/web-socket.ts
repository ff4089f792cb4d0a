import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { EndCause } from '../../core/connection.ts'
import type { Socket, SocketListener } from '../../core/socket.ts'

/**
 * A WebSocket as the sinks and sources see it. The `ws` library reads and closes; prebuilt frames are written straight
 * to the raw socket, which costs 30 % less than `ws.send` and may interleave with it, since both write whole frames.
 */
export class WebSocketConnection implements Socket {
  readonly #ws: WebSocket
  readonly #raw: Duplex
  readonly #goodbye: number
  readonly #fail: (error: unknown) => void
  #listener: SocketListener = {}
  #isDrainRequested = false
  /** Paused by its user. */
  #isPaused = false
  /** Paused by backpressure. */
  #isThrottled = false
  /** Messages that were already read when backpressure set in. */
  readonly #pendingMessages: (() => void)[] = []
  #heardAt: number
  #answersPings = false

  /**
   * @param options.goodbye the close code at shutdown (RFC 6455, section 7.4)
   * @param options.now monotonic time, ms
   * @param options.fail called with what a listener throws: no message of a peer may crash the process
   */
  constructor(
    ws: WebSocket,
    raw: Duplex,
    options: { readonly goodbye: number; readonly now: number; readonly fail: (error: unknown) => void },
  ) {
    this.#ws = ws
    this.#raw = raw
    this.#goodbye = options.goodbye
    this.#fail = options.fail
    this.#heardAt = options.now
  }

  get isDrained(): boolean {
    if (this.#raw.writableLength === 0) return true
    this.#requestDrain()
    return false
  }

  write(frames: Uint8Array): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#raw.write(frames)
  }

  send(text: string): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(text)
    this.#throttle()
  }

  pause(): void {
    this.#isPaused = true
    this.#ws.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (!this.#isThrottled) this.#ws.resume()
  }

  end(cause: EndCause, reason: string): void {
    this.close(cause === 'shutdown' ? this.#goodbye : CLOSE_CODES[cause], reason)
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, closeReason(reason))
  }

  listen(listener: SocketListener): void {
    this.#listener = listener
    this.#ws.on('message', (data: Uint8Array, isBinary: boolean) => {
      const deliver = () => this.#notify(() => (isBinary ? listener.binary?.(data) : listener.text?.(data.toString())))
      if (this.#isThrottled) this.#pendingMessages.push(deliver)
      else deliver()
    })
    this.#ws.on('pong', (payload: Uint8Array) => {
      this.#answersPings = true
      this.#notify(() => listener.pong?.(payload))
    })
    this.#ws.on('close', () => this.#notify(() => listener.closed?.()))
  }

  /** Notes that data was received at `now` (monotonic, ms), for the heartbeat. */
  heard(now: number): void {
    this.#heardAt = now
  }

  /**
   * Heartbeat: pings a peer that has been silent for `quiet` ms; terminates the connection after `dead` ms of silence
   * if the peer has answered pings before: its machine or the network is gone.
   */
  checkLife(now: number, quiet: number, dead: number): void {
    const silence = now - this.#heardAt
    if (this.#answersPings && silence >= dead) this.#ws.terminate()
    else if (silence >= quiet && this.#ws.readyState === this.#ws.OPEN && this.isDrained) this.#ws.ping()
  }

  /** Destroys the connection at once. */
  terminate(): void {
    this.#ws.terminate()
  }

  /** Backpressure: stops reading from a peer that does not read its answers, which would pile up here. */
  #throttle(): void {
    if (this.#isThrottled || this.#raw.writableLength <= MOST_UNREAD) return
    this.#isThrottled = true
    this.#ws.pause()
    this.#requestDrain()
  }

  /** Delivers the pending messages and reads on. */
  #unthrottle(): void {
    this.#isThrottled = false
    while (!this.#isThrottled) {
      const deliver = this.#pendingMessages.shift()
      if (!deliver) break
      deliver()
    }
    if (!this.#isThrottled && !this.#isPaused) this.#ws.resume()
  }

  /**
   * A callback on every write would cost more than everything else done for a frame here. So it is attached to an empty
   * write, and only when the kernel has not accepted all data.
   */
  #requestDrain(): void {
    if (!this.#isDrainRequested && this.#raw.writable) this.#raw.write(NOTHING, this.#flushed)
    this.#isDrainRequested = true
  }

  // One closure per connection instead of one per write.
  readonly #flushed = (): void => {
    this.#isDrainRequested = false
    if (this.#isThrottled) this.#unthrottle()
    this.#notify(() => this.#listener.drained?.())
  }

  #notify(event: () => void): void {
    try {
      event()
    } catch (error) {
      this.#fail(error)
    }
  }
}

/** Truncates a reason to what a close frame can hold: 123 bytes of UTF-8 (RFC 6455, section 5.5). */
export function closeReason(reason: string): string {
  const bytes = Buffer.from(reason)
  if (bytes.length <= MAX_REASON) return reason
  // Truncating within a character leaves U+FFFD (three bytes) at the end.
  return bytes
    .subarray(0, MAX_REASON - 3)
    .toString()
    .replace(/\ufffd$/, '')
}

const MAX_REASON = 123

const CLOSE_CODES = { revoked: 1008, failure: 1011 } as const

/** The answers that may wait for a peer to read them before reading is paused, in bytes. */
const MOST_UNREAD = 1024 * 1024

const NOTHING = new Uint8Array()

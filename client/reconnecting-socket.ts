import { Backoff } from '../src/core/backoff.ts'
import { type ClientSocket, OPEN, problemOf } from './client-socket.ts'
import { CONNECTING, DISCONNECTED, type LiveState, NOT_OPENED, type StateReason } from './codes.ts'
import { onNetworkBack } from './on-network-back.ts'

/** Options of a connection. */
export interface ConnectionOptions {
  /** Sent as `?token=`. A function is called on each attempt, so that the token may change. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | undefined
  /**
   * The first reconnect delay, ms, default 500. Doubles with each attempt; up to half is subtracted at random (jitter).
   */
  readonly minDelay?: number | undefined
  /** The maximum reconnect delay, ms, default 10 000. */
  readonly maxDelay?: number | undefined
  /** The timeout of one attempt, ms, default 10 000. */
  readonly connectTimeout?: number | undefined
  /** Makes the WebSocket: for tests, proxies and libraries such as `ws`; default: the global `WebSocket`. */
  readonly makeSocket?: ((url: string) => ClientSocket) | undefined
}

/** The protocol that runs over the connection. */
export interface Protocol {
  /** The socket is open. The protocol calls `established` once it can be used. */
  opened(): void
  text(message: string): void
  binary(message: ArrayBuffer): void
  /** The open socket was dropped: nothing more is received, and data in flight is lost. */
  lost(): void
  /** The state has changed, or an attempt has failed and another will follow. */
  changed(state: Exclude<LiveState, 'connected'>, why: StateReason): void
}

/**
 * A WebSocket that reconnects automatically with exponential backoff. Knows nothing of the protocol it carries.
 */
export class ReconnectingSocket {
  readonly #url: URL
  readonly #options: ConnectionOptions
  readonly #protocol: Protocol
  readonly #connectTimeout: number
  readonly #backoff: Backoff
  #state: LiveState = 'disconnected'
  #socket: ClientSocket | undefined
  #hasOpened = false
  /** The delay before the next attempt, or the timeout of the current one. */
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The number of the current attempt, so that an abandoned one notices. */
  #attempt = 0
  #stopListening: (() => void) | undefined

  /** Does not connect yet; call `connect`. @throws RangeError when a time is out of range */
  constructor(url: URL, options: ConnectionOptions, protocol: Protocol) {
    this.#url = url
    this.#options = options
    this.#protocol = protocol
    this.#connectTimeout = milliseconds('connectTimeout', options.connectTimeout ?? 10_000)
    this.#backoff = new Backoff(options.minDelay, options.maxDelay)
  }

  get state(): LiveState {
    return this.#state
  }

  /** Connects, and reconnects whenever the connection is lost. Does nothing unless disconnected. */
  connect(): void {
    if (this.#state !== 'disconnected') return
    this.#state = 'connecting'
    this.#stopListening = onNetworkBack(() => this.retry())
    this.#open()
    this.#protocol.changed('connecting', { code: CONNECTING.called, reason: 'connect called' })
  }

  /** While connecting, retries at once instead of after the backoff delay. */
  retry(): void {
    if (this.#state !== 'connecting') return
    this.#drop()
    this.#backoff.reset()
    this.#open()
    this.#protocol.changed('connecting', { code: CONNECTING.networkBack, reason: 'the network may be back' })
  }

  /** Closes the socket and clears all timers, until `connect` is called. */
  disconnect(why: StateReason): void {
    if (this.#state === 'disconnected') return
    this.#state = 'disconnected'
    this.#drop()
    this.#backoff.reset()
    this.#stopListening?.()
    this.#stopListening = undefined
    this.#protocol.changed('disconnected', why)
  }

  /** Drops the socket and connects again after the backoff delay. */
  reconnect(why: StateReason): void {
    if (this.#state === 'disconnected') return
    this.#state = 'connecting'
    this.#drop()
    this.#timer = setTimeout(() => this.#open(), this.#backoff.next())
    this.#protocol.changed('connecting', why)
  }

  /** Enters the state `connected`: the protocol has found the open socket usable. */
  established(): void {
    clearTimeout(this.#timer)
    this.#state = 'connected'
  }

  /** Resets the backoff: the server has proven to work. */
  proven(): void {
    this.#backoff.reset()
  }

  /** Sends a message. @returns false if no socket is open; the message is then dropped */
  send(message: string | Uint8Array<ArrayBuffer>): boolean {
    if (this.#socket?.readyState !== OPEN) return false
    this.#socket.send(message)
    return true
  }

  async #open(): Promise<void> {
    const attempt = ++this.#attempt
    this.#timer = setTimeout(
      () => this.reconnect({ code: CONNECTING.connectTimeout, reason: `no answer in ${this.#connectTimeout} ms` }),
      this.#connectTimeout,
    )
    try {
      const url = await this.#address()
      if (attempt !== this.#attempt) return
      const { makeSocket = (address: string) => new WebSocket(address) } = this.#options
      this.#adopt(makeSocket(url))
    } catch (error) {
      if (attempt !== this.#attempt) return
      const reason = error instanceof Error ? error.message : String(error)
      this.reconnect({ code: CONNECTING.transportClosed, reason })
    }
  }

  async #address(): Promise<string> {
    const { token } = this.#options
    const value = typeof token === 'function' ? await token() : token
    const url = new URL(this.#url)
    if (value !== undefined) url.searchParams.set('token', value)
    return url.href
  }

  #adopt(socket: ClientSocket): void {
    let problem: string | undefined
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      this.#hasOpened = true
      this.#protocol.opened()
    }
    socket.onmessage = ({ data }: { readonly data: unknown }) => {
      if (typeof data === 'string') this.#protocol.text(data)
      else if (data instanceof ArrayBuffer) this.#protocol.binary(data)
    }
    socket.onerror = (event: unknown) => {
      problem = problemOf(event)
    }
    socket.onclose = ({ code, reason }: { readonly code: number; readonly reason: string }) => {
      if (code === REFUSED) this.disconnect({ code: DISCONNECTED.refused, reason: reason || 'the server refused' })
      else if (code === GOING_AWAY || code === RESTARTING)
        this.reconnect({ code: CONNECTING.goingDown, reason: reason || 'the server is going down' })
      else this.reconnect({ code: CONNECTING.transportClosed, reason: reason || problem || this.#howItEnded(code) })
    }
  }

  /** The reason in words when the server gave none. */
  #howItEnded(code: number): string {
    if (code !== ABNORMAL) return `closed with code ${code}`
    return this.#hasOpened ? 'the connection broke' : NOT_OPENED
  }

  /** Abandons the current attempt and closes the socket, in any state. */
  #drop(): void {
    this.#attempt++
    clearTimeout(this.#timer)
    const socket = this.#socket
    const hadOpened = this.#hasOpened
    this.#socket = undefined
    this.#hasOpened = false
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    // Not null: with the package `ws` an unhandled 'error' crashes Node, and closing during the handshake emits one.
    socket.onerror = () => {}
    socket.close()
    if (hadOpened) this.#protocol.lost()
  }
}

/** Validates a duration option, ms. @throws RangeError unless above 0 and at most 2^31 - 1, the maximum of timers */
export function milliseconds(name: string, value: number): number {
  if (value > 0 && value <= 2 ** 31 - 1) return value
  throw new RangeError(`${name} must be milliseconds above 0, not ${value}`)
}

/* Close codes, RFC 6455, section 7.4.1, and docs/wire.md. */
const GOING_AWAY = 1001
const ABNORMAL = 1006
const REFUSED = 1008
const RESTARTING = 1012

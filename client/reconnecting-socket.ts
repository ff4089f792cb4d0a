import { Backoff } from '../src/core/backoff.ts'
import { type ClientSocket, OPEN, problemOf } from './client-socket.ts'
import { CONNECTING, DISCONNECTED, type LiveState, type StateReason } from './codes.ts'
import { onNetworkBack } from './on-network-back.ts'

/** How a connection is made and kept. */
export interface ConnectionOptions {
  /** Sent as `?token=`; asked for anew on each attempt, so that it may change. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | undefined
  /** Before the first reconnect, ms, default 500. Doubles with each attempt; a random half of it is left out. */
  readonly minDelay?: number | undefined
  /** The longest delay between two attempts, ms, default 10 000. */
  readonly maxDelay?: number | undefined
  /** How long one attempt may take, ms, default 10 000. */
  readonly connectTimeout?: number | undefined
  /** For tests, proxies and the libraries of Node; default: the global WebSocket. */
  readonly makeSocket?: ((url: string) => ClientSocket) | undefined
}

/** The protocol that runs over a connection. */
export interface Protocol {
  /** A socket is open. The protocol calls `established` when it knows that it may be used. */
  opened(): void
  text(message: string): void
  binary(message: ArrayBuffer): void
  /** The socket that was open is not used any more: nothing comes from it, and what was under way is lost. */
  lost(): void
  /** A state was entered, or in `connecting` an attempt has failed and another will follow. */
  changed(state: Exclude<LiveState, 'connected'>, why: StateReason): void
}

/**
 * A WebSocket that reconnects by itself, with exponential backoff: its states, attempts and time limits. Knows nothing of
 * what it carries.
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
  /** The next attempt, or the limit of the one under way. */
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Counts the attempts, so that one that was given up can tell. */
  #attempt = 0
  #stopListening: (() => void) | undefined

  /** Does not connect by itself. @throws RangeError when a time is none */
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

  /** Connects, and again whenever the connection is lost. Does nothing unless disconnected. */
  connect(): void {
    if (this.#state !== 'disconnected') return
    this.#state = 'connecting'
    this.#stopListening = onNetworkBack(() => this.retry())
    this.#open()
    this.#protocol.changed('connecting', { code: CONNECTING.called, reason: 'connect called' })
  }

  /** While connecting, tries at once instead of at the end of the delay. */
  retry(): void {
    if (this.#state !== 'connecting') return
    this.#drop()
    this.#backoff.reset()
    this.#open()
    this.#protocol.changed('connecting', { code: CONNECTING.networkBack, reason: 'the network may be back' })
  }

  /** Ends the connection, its timers and its socket, until `connect` is called. */
  disconnect(why: StateReason): void {
    if (this.#state === 'disconnected') return
    this.#state = 'disconnected'
    this.#drop()
    this.#backoff.reset()
    this.#stopListening?.()
    this.#stopListening = undefined
    this.#protocol.changed('disconnected', why)
  }

  /** The open socket turned out to be of no use: drops it and connects again after a delay. */
  reconnect(why: StateReason): void {
    if (this.#state === 'disconnected') return
    this.#state = 'connecting'
    this.#drop()
    this.#timer = setTimeout(() => this.#open(), this.#backoff.next())
    this.#protocol.changed('connecting', why)
  }

  /** The open socket may be used. */
  established(): void {
    clearTimeout(this.#timer)
    this.#state = 'connected'
  }

  /** The other end does what it is for: the next time that it is lost, the first delay is the shortest again. */
  proven(): void {
    this.#backoff.reset()
  }

  /** Sends over the open socket. @returns whether there was one */
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

  /** For when nobody gave a reason. */
  #howItEnded(code: number): string {
    if (code !== ABNORMAL) return `closed with code ${code}`
    return this.#hasOpened ? 'the connection broke' : 'no connection could be made'
  }

  /** Lets go of the attempt and the socket, whatever has become of them. */
  #drop(): void {
    this.#attempt++
    clearTimeout(this.#timer)
    const socket = this.#socket
    const hadOpened = this.#hasOpened
    this.#socket = undefined
    this.#hasOpened = false
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    // Not null: the package `ws` ends the process with an error that nobody hears, and one comes of closing early.
    socket.onerror = () => {}
    socket.close()
    if (hadOpened) this.#protocol.lost()
  }
}

/** Checks a time that a user gave. @throws RangeError */
export function milliseconds(name: string, value: number): number {
  if (value > 0 && value <= 2 ** 31 - 1) return value
  throw new RangeError(`${name} must be milliseconds above 0, not ${value}`)
}

/* Close codes, RFC 6455, section 7.4.1, and docs/wire.md. */
const GOING_AWAY = 1001
const ABNORMAL = 1006
const REFUSED = 1008
const RESTARTING = 1012

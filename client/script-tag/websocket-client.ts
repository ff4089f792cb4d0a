import { milliseconds } from '../reconnecting-socket.ts'
import { Calls } from './calls.ts'
import { Listeners } from './listeners.ts'
import { onReturn } from './on-return.ts'
import { Retry } from './retry.ts'
import { homeUrl } from './script-origin.ts'
import { SeenEvents } from './seen-events.ts'
import { CONNECT_MS, loadSocketIo, openSocket, type SocketIo, type SocketIoSocket, setQuery } from './socket-io.ts'
import { tokenFor } from './token.ts'
import type { VideoStream, WebSocketClientEvents, WebSocketClientOptions } from './websocket-events.ts'

/**
 * Gives commands and follows events over Socket.IO, with the page's own `io` or that of the server. Reconnects by
 * itself; what is called before the connection is made waits for it, and subscriptions are made again after each reconnect.
 */
export class WebSocketClient extends Listeners<WebSocketClientEvents> {
  /** What it connects to: "ws://host:8000/socket.io/", which Socket.IO reads as the namespace "/socket.io/". */
  readonly url: string
  readonly #options: WebSocketClientOptions
  readonly #retry: Retry
  readonly #maxReconnect: number
  readonly #commandTimeout: number
  readonly #videoTimeout: number
  readonly #calls = new Calls(() => this.#socket)
  readonly #seen = new SeenEvents()
  readonly #types = new Set<string>()
  #socket: SocketIoSocket | undefined
  #token: string | undefined
  /** Its place in the log: the last event that it has seen, or where it began. */
  #offset: string | undefined
  #stopListening: (() => void) | undefined
  /** The number of the current attempt, so that an abandoned one notices. */
  #attempt = 0
  /** How many attempts in a row have failed. */
  #failures = 0
  /** The timeout of the current attempt; undefined: none is being made. */
  #timer: ReturnType<typeof setTimeout> | undefined

  /**
   * Does not connect yet; call `connect`.
   * @param url default: `/socket.io/` of the server that the script is from
   * @throws TypeError when the address is invalid; RangeError when an option is out of range
   */
  constructor(url?: string | null, options: WebSocketClientOptions = {}) {
    super()
    this.url = addressOf(url)
    this.#options = options
    this.#retry = new Retry(options)
    this.#maxReconnect = options.maxReconnect ?? 10
    this.#commandTimeout = milliseconds('commandTimeout', options.commandTimeout ?? 30_000)
    this.#videoTimeout = milliseconds('videoTimeout', options.videoTimeout ?? 10_000)
  }

  get connected(): boolean {
    return this.#socket?.connected ?? false
  }

  /** Connects, and reconnects whenever the connection is lost. Does nothing if it is at it already. */
  connect(): void {
    if (this.#stopListening) return
    this.#stopListening = onReturn(() => this.#retry.hurry())
    void this.#open()
  }

  /** Closes the connection; calls that wait fail. Subscriptions are kept for the next `connect`. */
  disconnect(): void {
    this.#stopListening?.()
    this.#stopListening = undefined
    this.#endAttempt()
    this.#retry.cancel()
    this.#calls.end('disconnect() was called before the answer came.')
    this.#socket?.close()
  }

  /** Subscribes to events of these types too, in any case; "*", or none, is all. */
  subscribe(types: readonly string[] | string = []): void {
    const named = typeof types === 'string' ? [types] : types
    for (const type of named.length > 0 ? named : ['*']) this.#types.add(type)
    this.#subscribe()
  }

  /**
   * Gives a command.
   * @returns its result
   * @throws Error (with the server's sentence) when it was refused or has failed, or no result came in time
   */
  async sendCommand(command: string, params: object = {}): Promise<unknown> {
    const answer = await this.#calls.add({
      name: 'system_command',
      payload: { command, params },
      what: `The command ${command}`,
      timeout: this.#commandTimeout,
    })
    if (isObject(answer) && answer.success === true) return answer.result
    throw new Error(messageOf(answer))
  }

  /**
   * Asks where the live video of the default camera is.
   * @param quality "low", "medium" or "high"
   * @throws Error (with the server's sentence) when there is none, or no answer came in time
   */
  async requestVideoStream(quality = 'medium'): Promise<VideoStream> {
    const answer = await this.#calls.add({
      name: 'request_video_stream',
      payload: { quality },
      what: 'The request for a video',
      timeout: this.#videoTimeout,
    })
    if (!isObject(answer) || typeof answer.stream_url !== 'string') throw new Error(messageOf(answer))
    return { stream_url: answer.stream_url, quality: String(answer.quality) }
  }

  async #open(): Promise<void> {
    this.#endAttempt()
    const attempt = this.#attempt
    this.#timer = setTimeout(() => this.#failed({ message: `No answer in ${CONNECT_MS / 1000} s.` }), CONNECT_MS)
    try {
      const [io, token] = await Promise.all([loadSocketIo(), tokenFor(new URL(this.url), this.#options.token)])
      if (attempt !== this.#attempt) return
      this.#token = token
      this.#socket ??= this.#made(io)
      const socket = this.#socket
      setQuery(io, socket, { token })
      socket.connect()
    } catch (error) {
      if (attempt === this.#attempt) this.#failed({ message: messageOf(error) })
    }
  }

  #made(io: SocketIo): SocketIoSocket {
    const socket = openSocket(io, this.url, () => ({ token: this.#token, offset: this.#offset }))
    const handle = <Name extends keyof WebSocketClientEvents>(name: string, event: Name) =>
      // What comes is the server's own JSON, which keeps to the types above.
      socket.on(name, (data) => this.emit(event, data as WebSocketClientEvents[Name]))
    handle('connected', 'server_connected')
    handle('command_result', 'command_result')
    handle('video_stream_ready', 'video_stream_ready')
    socket.on('connect', () => this.#connected())
    socket.on('disconnect', (reason) => this.#lost(String(reason)))
    socket.on('connect_error', (error) => this.#failed(problemOf(error)))
    // Before version 3 this is also how the server refuses a connection.
    socket.on('error', (error) => {
      if (this.connected) this.emit('error', problemOf(error))
      else this.#failed(problemOf(error))
    })
    socket.on('live_event', (data) => this.#happened(data as WebSocketClientEvents['live_event']))
    socket.on('subscribed', (types, offset) => {
      // Later the events themselves say where it is; what comes before them must not be skipped.
      if (typeof offset === 'string') this.#offset ??= offset
      this.emit('subscribed', types as WebSocketClientEvents['subscribed'])
    })
    socket.on('gap', (data) => {
      this.#seen.forget()
      this.emit('gap', data as WebSocketClientEvents['gap'])
    })
    return socket
  }

  #connected(): void {
    this.#endAttempt()
    this.#retry.succeeded()
    this.#failures = 0
    this.#subscribe()
    this.#calls.connected()
    this.emit('connect', { connected: true })
  }

  #subscribe(): void {
    if (this.connected && this.#types.size > 0) this.#socket?.emit('subscribe', { event_types: [...this.#types] })
  }

  #happened(event: WebSocketClientEvents['live_event']): void {
    const isNew = this.#seen.add(event)
    this.#offset = this.#seen.newest ?? this.#offset
    if (isNew) this.emit('live_event', event)
  }

  #lost(reason: string): void {
    // The library says so of a connection, too, that the server has not accepted yet.
    if (this.#timer !== undefined) {
      this.#failed({ message: reason })
      return
    }
    this.#calls.lost()
    if (this.#stopListening) this.#retry.schedule(() => void this.#open())
    this.emit('disconnect', { reason })
  }

  #failed(problem: WebSocketClientEvents['error']): void {
    if (this.#timer === undefined) return
    this.#endAttempt()
    // A refusal leaves clients before version 3 connected, to nothing.
    this.#socket?.close()
    this.#retry.schedule(() => void this.#open(), retryAfter(problem))
    this.emit('error', problem)
    const attempts = ++this.#failures
    if (attempts === this.#maxReconnect) this.emit('max_reconnect', { attempts })
  }

  #endAttempt(): void {
    this.#attempt++
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

function addressOf(url: string | null | undefined): string {
  if (typeof url === 'string') return new URL(url, document.baseURI).href
  const address = homeUrl('/socket.io/')
  address.protocol = address.protocol.replace('http', 'ws')
  return address.href
}

/** An error of Socket.IO's client, or what the server has sent as one, with all that it says. */
function problemOf(error: unknown): WebSocketClientEvents['error'] {
  const fields = error instanceof Error ? 'data' in error && error.data : error
  return { ...(isObject(fields) && fields), message: messageOf(error) }
}

function messageOf(error: unknown): string {
  const message = isObject(error) ? (error.message ?? error.error) : error
  return typeof message === 'string' ? message : 'The server gave no reason.'
}

function isObject(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null
}

/** How long the server asks to wait, ms. */
function retryAfter({ retry_after }: WebSocketClientEvents['error']): number | undefined {
  return typeof retry_after === 'number' && retry_after > 0 ? retry_after * 1000 : undefined
}

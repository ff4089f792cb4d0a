import { get, type IncomingMessage } from 'node:http'
import { io, type Socket } from 'socket.io-client'
import { WebSocket } from 'ws'
import { LiveClient } from '../../client/index.ts'
import { EVENT_TYPE } from './readers.ts'

/** A client that follows what is published, and goes on where it was when it was cut off. */
export interface EventReader {
  /** The ids that it got, in that order. */
  readonly ids: string[]
  /** How often it was told that events may be missing. */
  gaps: number
  /** Whether it is connected. */
  readonly isReading: boolean
  /** Breaks its connection, as a failing network does. */
  cut(): void
  close(): void
}

/** Where a reader begins. */
export interface EventPlace {
  readonly position: string
  readonly epoch: string
}

/** A reader of `/stream/events` that does what a browser's EventSource does, and parses no data. */
export class StreamReader implements EventReader {
  readonly ids: string[] = []
  gaps = 0
  #last: string
  readonly #port: number
  #response: IncomingMessage | undefined
  #isClosed = false

  constructor(port: number, { position }: EventPlace) {
    this.#port = port
    this.#last = position
    this.#connect()
  }

  get isReading(): boolean {
    return this.#response !== undefined
  }

  cut(): void {
    this.#response?.socket.destroy()
  }

  close(): void {
    this.#isClosed = true
    this.cut()
  }

  #connect(): void {
    const headers = { 'last-event-id': this.#last }
    const request = get({
      port: this.#port,
      host: '127.0.0.1',
      path: `/stream/events?types=${EVENT_TYPE}`,
      headers,
      agent: false,
    })
    request.on('response', (response) => this.#read(response))
    request.on('error', () => {})
    request.on('close', () => {
      this.#response = undefined
      if (!this.#isClosed) setTimeout(() => this.#connect(), RECONNECT_MS)
    })
  }

  #read(response: IncomingMessage): void {
    this.#response = response
    let text = ''
    response.setEncoding('utf8').on('error', () => {})
    response.on('data', (more: string) => {
      // What is cut off in the middle was not received.
      const messages = (text + more).split('\n\n')
      text = messages.pop() ?? ''
      for (const message of messages) this.#take(message)
    })
  }

  #take(message: string): void {
    const id = /^id: (.+)$/m.exec(message)?.[1]
    if (id !== undefined) {
      this.ids.push(id)
      this.#last = id
    } else if (message.startsWith('event: gap')) this.gaps++
    else if (message.startsWith('event: error')) console.error(message)
  }
}

/** A reader over `/ws/live`, with the SDK. */
export class LiveReader implements EventReader {
  readonly ids: string[] = []
  gaps = 0
  readonly #client: LiveClient
  #socket: WebSocket | undefined

  constructor(port: number, { position, epoch }: EventPlace) {
    this.#client = new LiveClient(`http://127.0.0.1:${port}`, {
      minDelay: RECONNECT_MS,
      maxDelay: RECONNECT_MS,
      makeSocket: (url) => {
        this.#socket = new WebSocket(url, { perMessageDeflate: false })
        return this.#socket
      },
    })
    const events = this.#client.events({ after: position, epoch, types: [EVENT_TYPE] })
    events.on('event', ({ id }) => id !== undefined && this.ids.push(id))
    events.on('gap', () => this.gaps++)
    this.#client.connect()
  }

  get isReading(): boolean {
    return this.#client.state === 'connected'
  }

  cut(): void {
    this.#socket?.terminate()
  }

  close(): void {
    this.#client.disconnect()
  }
}

/** A client of Socket.IO 4, which recovers by itself, and subscribes again if that was not possible. */
export class SocketIoReader implements EventReader {
  readonly ids: string[] = []
  gaps = 0
  isReading = false
  readonly #socket: Socket

  constructor(port: number) {
    this.#socket = io(`http://127.0.0.1:${port}`, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: RECONNECT_MS,
      reconnectionDelayMax: RECONNECT_MS,
    })
    this.#socket.on('connect', () => {
      if (this.#socket.recovered) this.isReading = true
      else this.#socket.emit('subscribe', { event_types: [EVENT_TYPE] })
    })
    this.#socket.on('subscribed', () => {
      this.isReading = true
    })
    this.#socket.on('disconnect', () => {
      this.isReading = false
    })
    this.#socket.on('live_event', ({ event_id }: { event_id: string }) => this.ids.push(event_id))
    this.#socket.on('gap', () => this.gaps++)
    for (const problem of ['error', 'connect_error'])
      this.#socket.on(problem, (error: { message: string }) => console.error(error.message))
  }

  cut(): void {
    const transport: { ws?: WebSocket } = this.#socket.io.engine.transport as object
    transport.ws?.terminate()
  }

  close(): void {
    this.#socket.disconnect()
  }
}

const RECONNECT_MS = 100

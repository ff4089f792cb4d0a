import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client'
import io2 from 'socket.io-client-2'
import { onTestFinished } from 'vitest'
import type { Fields, TestServer } from './server.ts'
import { until } from './until.ts'

/** What the libraries of both versions have in common. */
export interface LibrarySocket {
  id?: string | undefined
  connected: boolean
  on(event: string, listener: (...args: never[]) => void): unknown
  emit(event: string, ...args: unknown[]): unknown
  connect(): unknown
  disconnect(): unknown
  io: { engine: { id?: string; transport: { name: string; ws?: unknown }; close(): void } }
}

/** How a client connects. */
export interface SocketIoOptions extends Partial<ManagerOptions & SocketOptions> {
  /** Of the client's library; default 4. */
  readonly version?: 4 | 2
  /** Default "/". */
  readonly namespace?: string
}

/** A received event, with its arguments. */
export interface ReceivedEvent {
  readonly name: string
  readonly args: readonly unknown[]
}

/** A real client of Socket.IO, which records all that it receives; disconnected after the test. */
export class SocketIoClient {
  readonly socket: LibrarySocket
  readonly received: ReceivedEvent[] = []

  constructor(server: Pick<TestServer, 'url'>, { version = 4, namespace = '/', ...options }: SocketIoOptions = {}) {
    const all = { forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 50, ...options }
    const socket: LibrarySocket =
      version === 4 ? (io(server.url + namespace, all) as LibrarySocket) : io2(server.url + namespace, all)
    this.socket = socket
    for (const name of NAMES)
      socket.on(name, (...args: unknown[]) => {
        this.received.push({ name, args })
      })
    onTestFinished(() => {
      socket.disconnect()
    })
  }

  /** The first arguments of all received events of that name. */
  all(name: string): Fields[] {
    return this.received.flatMap((event) => (event.name === name ? [Object(event.args[0])] : []))
  }

  /** Waits until so many events of that name were received. */
  async sees(name: string, count = 1): Promise<Fields[]> {
    await until(() => this.all(name).length >= count, `${count} ${name}, only ${JSON.stringify(this.received)}`)
    return this.all(name)
  }

  emit(name: string, ...args: unknown[]): void {
    this.socket.emit(name, ...args)
  }

  /** Sends an event, and waits for its acknowledgement. */
  ask(name: string, ...args: unknown[]): Promise<Fields> {
    return new Promise((resolve) => this.socket.emit(name, ...args, resolve))
  }

  /** The transport that it uses now. */
  get transport(): string {
    return this.socket.io.engine.transport.name
  }

  /**
   * Cuts the connection as a network does; the client comes again by itself. Resolves once its library has noticed, which
   * is not at once while it changes to a WebSocket.
   */
  async cut(): Promise<void> {
    const before = this.all('disconnect').length
    this.socket.io.engine.close()
    await this.sees('disconnect', before + 1)
  }
}

/** What is recorded: all that the server sends, and the libraries' own. */
const NAMES = [
  'connect',
  'connect_error',
  'disconnect',
  'connected',
  'message',
  'subscribed',
  'live_event',
  'gap',
  'command_result',
  'video_stream_ready',
  'update',
  'newmessage',
  'error',
]

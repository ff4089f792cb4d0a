import type { Socket as TcpSocket } from 'node:net'
import { transports } from 'engine.io'
import type { RawData } from 'ws'
import { type ReadSocket, SocketReader } from '../socket-reader.ts'
import { MOST_MESSAGE_BYTES, MOST_WAITING } from './message-limits.ts'
import type { EngineSession, EngineSessionParts, SessionTransport } from './session.ts'

/** A request as Engine.IO knows it. */
export type EngineRequest = ConstructorParameters<typeof transports.websocket>[0]

type Options = ConstructorParameters<typeof transports.websocket>[1]
type Packet = Parameters<InstanceType<typeof transports.websocket>['send']>[0][number]

/**
 * Engine.IO over a WebSocket, which is read as our own are: in small slices, message by message, as the session's budget
 * and its turn allow it.
 */
export class WebSocketTransport extends transports.websocket implements SessionTransport, ReadSocket {
  readonly raw: TcpSocket
  readonly client: string
  readonly budget: EngineSession
  readonly bytesPerMessage = BYTES_PER_MESSAGE
  readonly #reader: SocketReader
  readonly #ws: NonNullable<EngineRequest['websocket']>
  #isDrainRequested = false
  /** Bytes of a message that has not arrived completely. */
  #unfinished = 0

  constructor(request: EngineRequest, options: Options, session: EngineSession, parts: EngineSessionParts) {
    super(request, options)
    const ws = request.websocket
    if (!ws) throw new Error('no WebSocket')
    this.raw = request.socket
    this.#ws = ws
    this.client = session.client
    this.budget = session
    this.#reader = new SocketReader(parts, this)
    ws.on('ping', (payload: Buffer) =>
      this.#reader.handle(payload.length, () => ws.readyState === ws.OPEN && ws.pong(payload)),
    )
    // What it sent last matters to nobody, but `ws` would parse all of it at once.
    this.raw.prependListener('close', () => {
      this.#reader.stop()
      this.raw.removeAllListeners('data')
      while (this.raw.read() !== null);
    })
    this.on('ready', () => {
      if (session.backlog > 0) return
      session.ready()
      this.#reader.resume('backpressure')
    })
  }

  get isFlushed(): boolean {
    if (this.raw.writableLength === 0) return true
    // As in `../web-socket.ts`: a callback on every write would cost more than the rest.
    if (!this.#isDrainRequested && this.raw.writable)
      this.raw.write(NOTHING, () => {
        this.#isDrainRequested = false
        this.budget.ready()
      })
    this.#isDrainRequested = true
    return false
  }

  writeFrame(frame: readonly Uint8Array[]): void {
    if (this.#ws.readyState === this.#ws.OPEN) for (const piece of frame) this.raw.write(piece)
  }

  terminate(): void {
    this.#reader.stop()
    this.#ws.terminate()
  }

  protected override onPacket(packet: Packet): void {
    const bytes = sizeOf(packet.data)
    this.#unfinished = 0
    if (bytes > MOST_MESSAGE_BYTES) this.arrived(0)
    this.#reader.handle(bytes, () => {
      if (packet.type === 'message' && bytes > MOST_MESSAGE_BYTES) this.budget.tooLarge()
      else super.onPacket(packet)
      // A peer that does not read its answers is not read either.
      if (this.budget.backlog > MOST_WAITING) this.#reader.hold('backpressure')
    })
  }

  /** For the reader. */
  arrived(bytes: number): void {
    this.#unfinished += bytes
    this.budget.hold(this.#unfinished + this.#reader.pendingBytes)
  }
}

/** The length of what a packet carries, in bytes; of a text at least its characters. */
export function sizeOf(data: RawData | string | ArrayBufferView | undefined): number {
  if (data === undefined) return 0
  if (typeof data === 'string') return data.length
  if (Array.isArray(data)) return data.reduce((sum, part) => sum + part.length, 0)
  return data.byteLength
}

/** So many bytes of an unfinished message count as a message. */
const BYTES_PER_MESSAGE = 512

const NOTHING = new Uint8Array()

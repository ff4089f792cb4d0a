import type { Socket as TcpSocket } from 'node:net'
import { transports } from 'engine.io'
import { type ReadSocket, SocketReader } from '../socket-reader.ts'
import { writePieces } from '../write-pieces.ts'
import { MOST_MESSAGE_BYTES, sizeOf } from './message-limits.ts'
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
  /** The last ping that was not answered: one answer is enough for several (RFC 6455, section 5.5.3). */
  #ping: Buffer | undefined
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
      this.#reader.handle(payload.length, () => {
        this.#ping = payload
        if (this.isFlushed) this.#answerPing()
      }),
    )
    // What it sent last matters to nobody, but `ws` would parse all of it at once.
    this.raw.prependListener('close', () => {
      this.#reader.stop()
      this.raw.removeAllListeners('data')
      while (this.raw.read() !== null);
    })
    this.on('ready', () => {
      session.ready()
      if (!session.isBehind(this)) this.#reader.resume('backpressure')
    })
  }

  get isFlushed(): boolean {
    if (this.raw.writableLength === 0) return true
    // As in `../web-socket.ts`: a callback on every write would cost more than the rest.
    if (!this.#isDrainRequested && this.raw.writable)
      this.raw.write(NOTHING, () => {
        this.#isDrainRequested = false
        this.#answerPing()
        this.budget.ready()
      })
    this.#isDrainRequested = true
    return false
  }

  writeFrame(frame: readonly Uint8Array[]): void {
    if (this.#ws.readyState === this.#ws.OPEN) writePieces(this.raw, frame)
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
      if (this.budget.isBehind(this)) this.#reader.hold('backpressure')
    })
  }

  #answerPing(): void {
    if (this.#ping && this.#ws.readyState === this.#ws.OPEN) this.#ws.pong(this.#ping)
    this.#ping = undefined
  }

  /** For the reader. */
  arrived(bytes: number): void {
    this.#unfinished += bytes
    this.budget.hold(this.#unfinished + this.#reader.pendingBytes)
  }
}

/** So many bytes of an unfinished message count as a message. */
const BYTES_PER_MESSAGE = 512

const NOTHING = new Uint8Array()

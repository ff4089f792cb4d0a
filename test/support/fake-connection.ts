import type { EndCause } from '../../src/core/connection.ts'
import type { Socket, SocketListener } from '../../src/core/socket.ts'
import { decodeImgMessage } from '../../src/wire/img-message.ts'
import { pongSerial, textMessage } from '../../src/wire/ws-frame.ts'
import type { Fields } from './server.ts'

/** A fake server-side WebSocket for sinks and sources; the test is the peer. `FakeSocket` is the client-side fake. */
export class FakeConnection implements Socket {
  /** All written bytes, one entry per write. */
  readonly written: Uint8Array[] = []
  readonly client: string
  /** How the server closed it, if it did. */
  closing: { readonly code: number | EndCause; readonly reason: string } | undefined
  isPaused = false
  /** What the server counted for the peer's messages, beside one for each. */
  charged = 0
  refusedBytes = 0
  /** How many bytes of the peer's messages are being worked on. */
  working = 0
  #listener: SocketListener = {}
  #takenCount = 0
  #isStalled = false
  #isWaiting = false
  #isAsked = false

  /** @param client whose it is */
  constructor(client = 'anybody') {
    this.client = client
  }

  get isDrained(): boolean {
    if (this.#isWaiting) this.#isAsked = true
    return !this.#isWaiting
  }

  write(...pieces: readonly Uint8Array[]): void {
    if (this.closing) return
    this.written.push(...pieces)
    this.#isWaiting = this.#isStalled
  }

  send(text: string): void {
    this.write(...textMessage(text).plain)
  }

  charge(messages: number): void {
    this.charged += messages
  }

  chargeRefused(bytes: number): void {
    this.refusedBytes += bytes
  }

  holds(bytes: number): void {
    this.working = bytes
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  close(code: number, reason: string): void {
    this.closing ??= { code, reason }
  }

  end(cause: EndCause, reason: string): void {
    this.closing ??= { code: cause, reason }
  }

  listen(listener: SocketListener): void {
    this.#listener = listener
  }

  /** Simulates a full kernel buffer: data written from now on is queued and the connection is not drained. */
  stall(): void {
    this.#isStalled = true
  }

  /** Ends `stall`: the queued data is accepted and the connection drained. */
  drain(): void {
    this.#isStalled = false
    this.#isWaiting = false
    if (!this.#isAsked) return
    this.#isAsked = false
    this.#listener.drained?.()
  }

  /** The peer sends a message: text, bytes, or an object as JSON. */
  receive(message: string | Uint8Array | object): void {
    if (message instanceof Uint8Array) this.#listener.binary?.(message)
    else this.#listener.text?.(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** The peer answers a ping. @param serial the number in the ping */
  pong(serial: number | undefined): void {
    const payload = new Uint8Array(8)
    new DataView(payload.buffer).setBigUint64(0, BigInt(serial ?? -1))
    this.#listener.pong?.(payload)
  }

  /** The peer disconnects. */
  leave(): void {
    this.#listener.closed?.()
  }

  /** The messages sent since the last call. */
  take(): SentMessage[] {
    const bytes = this.written.slice(this.#takenCount)
    this.#takenCount = this.written.length
    return bytes.map((each) => new SentMessage(each))
  }
}

/** A sent message with the ping that follows it, if any. */
export class SentMessage {
  readonly isText: boolean
  readonly payload: Uint8Array
  /** The number in the ping that follows it, if there is one. */
  readonly probe: number | undefined

  /** @param bytes whole unmasked WebSocket frames (RFC 6455, section 5.2): a message, optionally a ping */
  constructor(bytes: Uint8Array) {
    const message = frameAt(bytes, 0)
    this.isText = message.opcode === 1
    this.payload = message.payload
    this.probe = message.end === bytes.length ? undefined : pongSerial(frameAt(bytes, message.end).payload)
  }

  /** The text of a text message. */
  get text(): string {
    return new TextDecoder().decode(this.payload)
  }

  /** The parsed JSON of a text message. */
  get json(): Fields {
    return JSON.parse(this.text)
  }

  /** The header of an `--IMG--` message. */
  get header(): Fields {
    return decodeImgMessage(this.payload).header
  }

  /** The picture of an `--IMG--` message. */
  get image(): Uint8Array {
    return decodeImgMessage(this.payload).image
  }
}

function frameAt(bytes: Uint8Array, at: number): { opcode: number; payload: Uint8Array; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at)
  const opcode = view.getUint8(0) & 0x0f
  const short = view.getUint8(1)
  const headerBytes = short < 126 ? 2 : short === 126 ? 4 : 10
  const length = short < 126 ? short : short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2))
  const end = at + headerBytes + length
  return { opcode, payload: bytes.subarray(at + headerBytes, end), end }
}

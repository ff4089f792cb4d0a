import type { IncomingMessage, ServerResponse } from 'node:http'
import { transports } from 'engine.io'
import { type PayloadPacket, packetsInBytes, packetsInText } from '../../../wire/engine-io-payload.ts'
import { CLOSE_TIMEOUT_MS } from '../connection-registry.ts'
import { MOST_MESSAGE_BYTES, sizeOf } from './message-limits.ts'
import type { EngineSession, EngineSessionParts, SessionTransport } from './session.ts'
import type { EngineRequest } from './web-socket-transport.ts'

type Polling = ReturnType<typeof transports.polling>
type Options = ConstructorParameters<typeof transports.websocket>[1]
type Packet = Parameters<Polling['send']>[0][number]

/** The class itself is not exported. */
const BasePolling = transports.polling(Object.assign(Object.create(null), { _query: {} }), {}).constructor as new (
  request: EngineRequest,
  options: Options,
) => Polling

/** The bodies of requests that are handed over, as the server has read them. */
export const BODIES = new WeakMap<IncomingMessage, Buffer>()

/**
 * Engine.IO over HTTP requests. Their bodies come from the server's own reader, and what is in one is handled packet by
 * packet, as the session's budget and its turn allow it; only then it is answered, and the next one comes.
 */
export class PollingTransport extends BasePolling implements SessionTransport {
  readonly raw = undefined
  readonly isFlushed = true
  readonly #session: EngineSession
  readonly #parts: EngineSessionParts
  #isReceiving = false
  /** How many packets were handled in the turn of that number. */
  #handled = 0
  #turnNumber = -1
  /** Ends a wait before its time. */
  #wake: (() => void) | undefined

  constructor(request: EngineRequest, options: Options, session: EngineSession, parts: EngineSessionParts) {
    super(request, options)
    this.#session = session
    this.#parts = parts
    // How long a polite end waits for the next poll; its timer also keeps the process from ending.
    Reflect.set(this, 'closeTimeout', CLOSE_TIMEOUT_MS)
    if (this.protocol === 3) this.parser = binaryWherePossible(this.parser)
    this.on('ready', () => {
      this.#wake?.()
      session.ready()
    })
  }

  override onRequest(request: EngineRequest): void {
    const body = BODIES.get(request)
    const response = request.res
    if (!body || !response) {
      super.onRequest(request)
      return
    }
    BODIES.delete(request)
    Reflect.set(request, 'res', null)
    void this.#receive(body, request, response)
  }

  terminate(): void {
    // Also where a polite end has begun, which waits for the next poll.
    super.onClose()
    this.#wake?.()
  }

  protected override onPacket(packet: Packet): void {
    if (packet.type === 'message' && sizeOf(packet.data) > MOST_MESSAGE_BYTES) this.#session.tooLarge()
    else super.onPacket(packet)
  }

  override onClose(): void {
    super.onClose()
    this.#wake?.()
  }

  async #receive(body: Buffer, { headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const isBinary = headers['content-type'] === 'application/octet-stream'
    const packets = this.#isReceiving || (isBinary && this.protocol === 4) ? undefined : this.#packetsIn(body, isBinary)
    if (!packets) {
      this.onError('a body that cannot be read')
      response.writeHead(400).end()
      return
    }
    this.#isReceiving = true
    try {
      for (const packet of packets) {
        await this.#turn()
        if (this.readyState !== 'open') break
        if (packet.type === 'close') this.onClose()
        else this.onPacket(packet)
      }
    } catch (error) {
      this.#parts.log.error({ err: error }, 'a body of Engine.IO could not be handled')
      this.onError('internal error')
    } finally {
      this.#isReceiving = false
    }
    // HTML, as the library has it: other types made some old browsers offer it as a download.
    response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' }).end('ok')
  }

  /** @returns undefined for more of them than an honest client sends at once */
  #packetsIn(body: Buffer, isBinary: boolean): Packet[] | undefined {
    const { parser } = this
    if (this.protocol === 4) {
      const isTooMany = hasMore(body, RECORD_SEPARATOR, MOST_PACKETS - 1)
      return isTooMany ? undefined : (parser as ParserV4).decodePayload(body.toString())
    }
    const packets = isBinary ? packetsInBytes(body, MOST_PACKETS) : packetsInText(body.toString(), MOST_PACKETS)
    return packets?.map((packet) => (parser as ParserV3).decodePacket(packet))
  }

  /** Waits until a message may be handled. */
  async #turn(): Promise<void> {
    const { clock, turns, limited } = this.#parts
    const session = this.#session
    const start = (begin: (done: () => void) => () => void) =>
      new Promise<void>((resolve) => {
        const cancel = begin(resolve)
        this.#wake = () => {
          cancel()
          resolve()
        }
      })
    while (this.readyState === 'open') {
      const wait = session.wait()
      if (wait) {
        limited(wait.limit)
        await start((done) => clock.after(Math.max(wait.ms, SHORTEST_WAIT_MS), done))
      } else if (session.isBehind(this)) await start(() => () => {})
      else break
    }
    if (turns.current !== this.#turnNumber) this.#handled = 0
    if (this.#handled >= session.messagesPerTurn || turns.isOver) {
      await start((done) => turns.after(session.client, done))
      this.#handled = 0
    }
    this.#turnNumber = turns.current
    this.#handled++
    this.#wake = undefined
    session.charge(1)
  }
}

type ParserV4 = { decodePayload(text: string): Packet[] }
type ParserV3 = { decodePacket(packet: PayloadPacket): Packet }

/**
 * Engine.IO 3 encodes a payload as text or, with something binary in it, as bytes. Client 1.3.6 takes only bytes where
 * its browser can receive them: where it has not asked for text (`b64`).
 */
function binaryWherePossible(parser: Polling['parser']): Polling['parser'] {
  const encodePayload = (packets: Packet[], supportsBinary: boolean, done: (data: string | Buffer) => void) => {
    const { encodePayload, encodePayloadAsBinary } = parser as unknown as PayloadEncoders
    if (supportsBinary) encodePayloadAsBinary(packets, done)
    else encodePayload(packets, false, done)
  }
  return Object.assign(Object.create(parser), { encodePayload })
}

interface PayloadEncoders {
  encodePayload(packets: Packet[], supportsBinary: boolean, done: (data: string | Buffer) => void): void
  encodePayloadAsBinary(packets: Packet[], done: (data: Buffer) => void): void
}

/** Whether a byte occurs more often than that. */
function hasMore(bytes: Buffer, byte: number, most: number): boolean {
  let count = 0
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) if (++count > most) return true
  return false
}

/** How many packets a body may hold. */
const MOST_PACKETS = 1000
/** Between packets, in Engine.IO 4. */
const RECORD_SEPARATOR = 0x1e
/** Who has to wait for the limit does so for some messages at once. */
const SHORTEST_WAIT_MS = 100

import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Clock } from '../../core/clock.ts'
import type { Connection, ConnectionListener, EndCause } from '../../core/connection.ts'
import { Refusal } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { checkNotEnded } from '../../core/principal.ts'
import { type ConnectionRegistry, type Endable, FAREWELL_MS, type Party } from './connection-registry.ts'
import { setResponseHeaders } from './response-headers.ts'

/** An answer that is to stay open. */
export interface LongAnswer {
  readonly party: Omit<Party, 'transport'>
  /** Its own headers, `content-type` at least. */
  readonly headers: Readonly<Record<string, string>>
  /** How the dialect says why it ends, written last of all; without it the answer just ends. */
  readonly farewell?: ((cause: EndCause, reason: string) => Uint8Array) | undefined
  /**
   * Takes over the connection, which is drained for the first time when this has returned. It may throw a Refusal,
   * before it has written anything: that is then the answer.
   */
  readonly visit: (connection: Connection) => void
}

/**
 * Begins an answer that stays open, with a place in the registry as any other connection.
 * @throws Refusal when there is no room, its right has ended, the server is going down, or `visit` throws one
 */
export function openLongResponse(
  parts: { readonly registry: ConnectionRegistry; readonly clock: Clock; readonly log: Log },
  reply: FastifyReply,
  { party, visit, ...options }: LongAnswer,
): FastifyReply {
  const { registry, clock, log } = parts
  const { raw } = reply
  checkNotEnded(party.principal)
  // Fastify answers HEAD by the route of GET, and an answer without a body has nothing to stay open for.
  if (reply.request.method === 'HEAD') return reply.headers(options.headers).send()
  if (registry.isClosing) throw new Refusal('exhausted', 'The server is going down.')
  // One that is asked for behind others, or whose peer has gone, might never be told of its end and keep its place.
  if (!raw.socket?.writable)
    throw new Refusal('exhausted', 'An answer that stays open must be the only one that its connection waits for.')
  const response = new LongResponse(reply, { ...options, clock, log })
  const registration = registry.add(response, { ...party, transport: 'http' })
  raw.on('close', () => registration.release())
  try {
    visit(response)
  } catch (error) {
    if (!raw.headersSent) {
      registration.release()
      throw error
    }
    log.error({ err: error }, 'an answer that stays open could not be served')
    response.end('failure', 'internal error')
  }
  response.begin()
  return reply
}

/** An HTTP response that stays open (server-sent events, MJPEG), as the sinks see it. */
class LongResponse implements Connection, Endable {
  readonly #reply: FastifyReply
  readonly #response: ServerResponse
  readonly #headers: LongAnswer['headers']
  readonly #farewell: LongAnswer['farewell']
  readonly #clock: Clock
  readonly #log: Log
  #listener: ConnectionListener = {}
  #hasBegun = false
  #isAsked = false
  #isOver = false

  constructor(
    reply: FastifyReply,
    options: Pick<LongAnswer, 'headers' | 'farewell'> & { readonly clock: Clock; readonly log: Log },
  ) {
    this.#reply = reply
    this.#response = reply.raw
    this.#headers = options.headers
    this.#farewell = options.farewell
    this.#clock = options.clock
    this.#log = options.log
    // A peer that is gone is told by 'close'; an unheard error would end the process.
    this.#response.on('error', () => {})
    this.#response.on('close', () => {
      this.#isOver = true
      this.#tell('closed')
    })
  }

  /** Sends the head, if that is not done, and asks for what is due. */
  begin(): void {
    this.#sendHead()
    this.#hasBegun = true
    if (!this.#isOver) this.#tell('drained')
  }

  get isDrained(): boolean {
    if (!this.#hasBegun) return false
    if (this.#response.writableLength === 0) return true
    this.#askWhenDrained()
    return false
  }

  write(bytes: Uint8Array): void {
    if (this.#isOver) return
    this.#sendHead()
    this.#response.write(bytes)
  }

  end(cause: EndCause, reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#sendHead()
    this.#response.end(this.#farewell?.(cause, reason))
    // A peer that does not read would keep it open for as long as it likes.
    this.#response.on(
      'close',
      this.#clock.after(FAREWELL_MS, () => this.terminate()),
    )
  }

  listen(listener: ConnectionListener): void {
    this.#listener = listener
  }

  terminate(): void {
    this.#isOver = true
    this.#response.destroy()
  }

  #sendHead(): void {
    const reply = this.#reply
    if (this.#response.headersSent || this.#response.destroyed) return
    reply.headers(this.#headers)
    setResponseHeaders(reply)
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) this.#response.setHeader(name, value)
    this.#response.flushHeaders()
  }

  /**
   * Node tells of a drain only where more than its high-water mark waited. So an empty write goes to the socket behind
   * what waits, as with a WebSocket.
   */
  #askWhenDrained(): void {
    const { socket } = this.#response
    // A peer that has closed its side is written to no more: asking would be answered at once, and again.
    if (!this.#isAsked && !this.#isOver && socket?.writable) socket.write(NOTHING, this.#flushed)
    this.#isAsked = true
  }

  // One function a connection, not one a write.
  readonly #flushed = (): void => {
    this.#isAsked = false
    if (!this.#isOver) this.#tell('drained')
  }

  #tell(event: keyof ConnectionListener): void {
    try {
      this.#listener[event]?.()
    } catch (error) {
      this.#log.error({ err: error }, 'an answer that stays open could not be served')
      this.end('failure', 'internal error')
    }
  }
}

const NOTHING = new Uint8Array()

import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../core/clock.ts'
import type { Connection, ConnectionListener, EndCause } from '../../core/connection.ts'
import { Refusal } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { checkNotEnded } from '../../core/principal.ts'
import { CLOSE_TIMEOUT_MS, type ConnectionRegistry, type ManagedConnection, type Party } from './connection-registry.ts'
import { setResponseHeaders } from './response-headers.ts'

/** A long-lived response (server-sent events, MJPEG). */
export interface LongAnswer {
  readonly party: Omit<Party, 'transport'>
  /** Its headers, at least `content-type`. */
  readonly headers: Readonly<Record<string, string>>
  /** Encodes the final message that says why the response ends; without it the response just ends. */
  readonly farewell?: ((cause: EndCause, reason: string) => Uint8Array) | undefined
  /**
   * Takes over the connection. Its first `drained` event comes after this returns.
   * @throws Refusal only before anything was written: it becomes the response
   */
  readonly visit: (connection: Connection) => void
}

/** Opens a long-lived response for whoever a request is from; see `openLongResponse`. */
export type OpenResponse = (
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Omit<LongAnswer, 'party'>,
) => FastifyReply

/**
 * Opens a long-lived response and adds it to the connection registry.
 * @throws Refusal at a connection limit, when the principal has ended, at shutdown, or when `visit` throws one
 */
export function openLongResponse(
  parts: { readonly registry: ConnectionRegistry; readonly clock: Clock; readonly log: Log },
  reply: FastifyReply,
  { party, visit, ...options }: LongAnswer,
): FastifyReply {
  const { registry, clock, log } = parts
  const { raw } = reply
  checkNotEnded(party.principal)
  // Fastify answers HEAD with the GET route; without a body there is nothing to keep open.
  if (reply.request.method === 'HEAD') return reply.headers(options.headers).send()
  if (registry.isClosing) throw new Refusal('exhausted', 'The server is going down.')
  // A pipelined request, or one whose peer has gone, may never get its `close` event and would keep its place.
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

/** A long-lived HTTP response (server-sent events, MJPEG), as the sinks see it. */
class LongResponse implements Connection, ManagedConnection {
  readonly #reply: FastifyReply
  readonly #response: ServerResponse
  readonly #headers: LongAnswer['headers']
  readonly #farewell: LongAnswer['farewell']
  readonly #clock: Clock
  readonly #log: Log
  #listener: ConnectionListener = {}
  #hasBegun = false
  #isDrainRequested = false
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
    // A disconnected peer is handled by 'close'; an unhandled 'error' event would crash the process.
    this.#response.on('error', () => {})
    this.#response.on('close', () => {
      this.#isOver = true
      this.#notify('closed')
    })
  }

  /** Sends the headers if they were not sent, and emits the first `drained`. */
  begin(): void {
    this.#sendHead()
    this.#hasBegun = true
    if (!this.#isOver) this.#notify('drained')
  }

  get isDrained(): boolean {
    if (!this.#hasBegun) return false
    if (this.#response.writableLength === 0) return true
    this.#requestDrain()
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
    // A peer that does not read would keep the connection open forever.
    this.#response.on(
      'close',
      this.#clock.after(CLOSE_TIMEOUT_MS, () => this.terminate()),
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
   * Node emits 'drain' only after its high-water mark was exceeded. So an empty write is queued behind the pending
   * data, and its callback reports the flush, as in `web-socket.ts`.
   */
  #requestDrain(): void {
    const { socket } = this.#response
    // To a half-closed peer nothing is written: the callback would fire at once, again and again.
    if (!this.#isDrainRequested && !this.#isOver && socket?.writable) socket.write(NOTHING, this.#flushed)
    this.#isDrainRequested = true
  }

  // One closure per connection instead of one per write.
  readonly #flushed = (): void => {
    this.#isDrainRequested = false
    if (!this.#isOver) this.#notify('drained')
  }

  #notify(event: keyof ConnectionListener): void {
    try {
      this.#listener[event]?.()
    } catch (error) {
      this.#log.error({ err: error }, 'an answer that stays open could not be served')
      this.end('failure', 'internal error')
    }
  }
}

const NOTHING = new Uint8Array()

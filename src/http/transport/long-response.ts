import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../core/clock.ts'
import type { Connection, ConnectionListener, EndCause } from '../../core/connection.ts'
import { Refusal } from '../../core/errors.ts'
import type { Holder } from '../../core/held-bytes.ts'
import type { Log } from '../../core/log.ts'
import { checkNotEnded } from '../../core/principal.ts'
import { chunkOf } from '../../wire/http-chunk.ts'
import {
  CLOSE_TIMEOUT_MS,
  type ConnectionRegistry,
  type ManagedConnection,
  type Party,
  type Registration,
} from './connection-registry.ts'
import type { StreamingResponse } from './http-connection.ts'
import { setResponseHeaders } from './response-headers.ts'
import type { SendQueues } from './send-queues.ts'
import { writePieces } from './write-pieces.ts'

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

/** What opening a long-lived response needs. */
export interface LongResponseParts {
  readonly registry: ConnectionRegistry
  readonly clock: Clock
  readonly log: Log
  /** Knows what peers have not acknowledged. */
  readonly sendQueues: Pick<SendQueues, 'of'>
  /** Disconnects who does not read: called when something written to a socket is unread. */
  readonly watchStreaming: (socket: Socket) => void
  /** Calls `closed` when the response is over. */
  readonly beginStreaming: (socket: Socket, streaming: StreamingResponse) => void
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
export function openLongResponse(parts: LongResponseParts, reply: FastifyReply, answer: LongAnswer): FastifyReply {
  const { party, visit, headers } = answer
  const { registry, log } = parts
  const { raw } = reply
  checkNotEnded(party.principal)
  // Fastify answers HEAD with the GET route; without a body there is nothing to keep open.
  // A stream has no length: for no body Fastify would say that it is 0.
  if (reply.request.method === 'HEAD') return reply.headers(headers).send(Readable.from([]))
  if (registry.isClosing) throw new Refusal('exhausted', 'The server is going down.')
  // A pipelined request, or one whose peer has gone, may never get its `close` event and would keep its place.
  if (!raw.socket?.writable)
    throw new Refusal('exhausted', 'An answer that stays open must be the only one that its connection waits for.')
  const response = new LongResponse(parts, reply, answer)
  const registration = registry.add(response, { ...party, transport: 'http' })
  response.open(registration)
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
class LongResponse implements Connection, ManagedConnection, StreamingResponse {
  readonly holder: Holder
  readonly response: ServerResponse
  readonly #parts: LongResponseParts
  /** Until the head is sent. */
  #reply: FastifyReply | undefined
  readonly #headers: LongAnswer['headers']
  readonly #farewell: LongAnswer['farewell']
  #registration: Registration | undefined
  #listener: ConnectionListener = NO_LISTENER
  #hasBegun = false
  #isDrainRequested = false
  #isOver = false

  constructor(parts: LongResponseParts, reply: FastifyReply, { party, headers, farewell }: Omit<LongAnswer, 'visit'>) {
    this.holder = party.holder
    this.#parts = parts
    this.#reply = reply
    this.response = reply.raw
    this.#headers = headers
    this.#farewell = farewell
    // A disconnected peer is handled by 'close'; an unhandled 'error' event would crash the process.
    this.response.on('error', ignore)
  }

  get client(): string {
    return this.holder.client
  }

  /** It is in the registry, until it is closed. */
  open(registration: Registration): void {
    this.#registration = registration
    const { socket } = this.response
    if (socket) this.#parts.beginStreaming(socket, this)
  }

  /** For its HTTP connection: the response is over. */
  closed(): void {
    this.#isOver = true
    this.#registration?.release()
    this.#notify('closed')
  }

  /** Sends the headers if they were not sent, and emits the first `drained`. */
  begin(): void {
    this.#sendHead()
    this.#hasBegun = true
    if (!this.#isOver) this.#notify('drained')
  }

  get isDrained(): boolean {
    if (!this.#hasBegun) return false
    const { socket } = this.response
    if (!socket || socket.writableLength === 0) return true
    this.#requestDrain()
    return false
  }

  write(...pieces: readonly Uint8Array[]): void {
    if (this.#isOver) return
    this.#sendHead()
    const { socket, chunkedEncoding } = this.response
    if (!socket?.writable) return
    // Not by the response, which writes three buffers each time: length, bytes and line break.
    writePieces(socket, chunkedEncoding ? pieces.flatMap(chunkPieces) : pieces)
    if (socket.writableLength > 0) this.#parts.watchStreaming(socket)
  }

  async unacknowledged(): Promise<number | undefined> {
    const { socket } = this.response
    return socket ? this.#parts.sendQueues.of(socket) : undefined
  }

  end(cause: EndCause, reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#sendHead()
    this.response.end(this.#farewell?.(cause, reason))
    // A peer that does not read would keep the connection open forever.
    this.response.on(
      'close',
      this.#parts.clock.after(CLOSE_TIMEOUT_MS, () => this.terminate()),
    )
  }

  listen(listener: ConnectionListener): void {
    this.#listener = listener
  }

  terminate(): void {
    this.#isOver = true
    this.response.destroy()
  }

  #sendHead(): void {
    const reply = this.#reply
    if (!reply) return
    this.#reply = undefined
    const response = this.response
    if (response.headersSent || response.destroyed) return
    reply.headers(this.#headers)
    setResponseHeaders(reply, reply.server.contentPolicies)
    reply.hijack()
    forgetReply(response)
    // In one call: headers that are set one by one are kept as long as the response.
    response.writeHead(reply.statusCode, Object.entries(reply.getHeaders()).flatMap(headerField))
    response.flushHeaders()
    if (response.socket) this.#parts.watchStreaming(response.socket)
  }

  /**
   * Node emits 'drain' only after its high-water mark was exceeded. So an empty write is queued behind the pending
   * data, and its callback reports the flush, as in `web-socket.ts`.
   */
  #requestDrain(): void {
    const { socket } = this.response
    // To a half-closed peer nothing is written: the callback would fire at once, again and again.
    if (!this.#isDrainRequested && !this.#isOver && socket?.writable)
      socket.write(NOTHING, () => {
        this.#isDrainRequested = false
        if (!this.#isOver) this.#notify('drained')
      })
    this.#isDrainRequested = true
  }

  #notify(event: keyof ConnectionListener): void {
    try {
      this.#listener[event]?.()
    } catch (error) {
      this.#parts.log.error({ err: error }, 'an answer that stays open could not be served')
      this.end('failure', 'internal error')
    }
  }
}

/** Bytes of a body as a chunk, in pieces; none of no bytes, since an empty chunk would end the body. */
function chunkPieces(bytes: Uint8Array): readonly Uint8Array[] {
  return bytes.length === 0 ? [] : chunkOf(bytes)
}

const NO_LISTENER: ConnectionListener = {}

const NOTHING = new Uint8Array()

/**
 * Removes the listeners with which Fastify waits for the end of a response, for hooks that have nothing to do where a
 * stream ends: they would keep its request and reply for as long as the response is open, 600 bytes.
 */
function forgetReply(response: ServerResponse): void {
  for (const listener of response.listeners('error')) {
    if (listener === ignore) continue
    response.off('error', listener as () => void)
    response.off('finish', listener as () => void)
  }
}

function headerField([name, value]: [string, number | string | string[] | undefined]): string[] {
  if (value === undefined) return []
  return (Array.isArray(value) ? value : [value]).flatMap((each) => [name, String(each)])
}

function ignore(): void {}

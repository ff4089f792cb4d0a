import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Connection, ConnectionListener, EndCause } from '../core/connection.ts'
import { Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { checkNotEnded } from '../core/principal.ts'
import { setAnswerHeaders } from './answer-headers.ts'
import type { ConnectionRegistry, Endable, Party } from './connection-registry.ts'

/** An answer that is to stay open. */
export interface LongAnswer {
  readonly party: Omit<Party, 'transport'>
  /** Its own headers, `content-type` at least. */
  readonly headers: Readonly<Record<string, string>>
  /** How the dialect says why it ends, written last of all; without it the answer just ends. */
  readonly farewell?: (cause: EndCause, reason: string) => Uint8Array
}

/**
 * Begins an answer that stays open, with a place in the registry as any other connection.
 * @throws Refusal when there is no room, its right has ended, or the server is going down: it is then answered as usual
 */
export function openLongResponse(
  parts: { readonly registry: ConnectionRegistry; readonly log: Log },
  reply: FastifyReply,
  { party, headers, farewell }: LongAnswer,
): LongResponse {
  const { registry, log } = parts
  const { raw } = reply
  checkNotEnded(party.principal)
  if (registry.isClosing) throw new Refusal('exhausted', 'The server is going down.')
  // One that is asked for behind others, or whose peer has gone, might never be told of its end and keep its place.
  if (!raw.socket || raw.socket.destroyed)
    throw new Refusal('exhausted', 'An answer that stays open must be the only one that its connection waits for.')
  const response = new LongResponse(raw, { farewell, log })
  const registration = registry.add(response, { ...party, transport: 'http' })
  raw.on('close', () => registration.release())
  reply.headers(headers)
  setAnswerHeaders(reply)
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
  raw.flushHeaders()
  return response
}

/** An HTTP response that stays open, as the sinks see it. */
export class LongResponse implements Connection, Endable {
  readonly #response: ServerResponse
  readonly #farewell: LongAnswer['farewell']
  readonly #log: Log
  #listener: ConnectionListener = {}
  #isAsked = false
  #isOver = false

  constructor(response: ServerResponse, options: { readonly farewell: LongAnswer['farewell']; readonly log: Log }) {
    this.#response = response
    this.#farewell = options.farewell
    this.#log = options.log
    // A peer that is gone is told by 'close'; an unheard error would end the process.
    response.on('error', () => {})
    response.on('close', () => {
      this.#isOver = true
      this.#tell('closed')
    })
  }

  get isDrained(): boolean {
    if (this.#response.writableLength === 0) return true
    this.#askWhenDrained()
    return false
  }

  write(bytes: Uint8Array): void {
    if (!this.#isOver) this.#response.write(bytes)
  }

  end(cause: EndCause, reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#response.end(this.#farewell?.(cause, reason))
  }

  listen(listener: ConnectionListener): void {
    this.#listener = listener
  }

  terminate(): void {
    this.#isOver = true
    this.#response.destroy()
  }

  /**
   * Node tells of a drain only where more than its high-water mark waited. So an empty write goes to the socket behind
   * what waits, as with a WebSocket.
   */
  #askWhenDrained(): void {
    if (!this.#isAsked && !this.#isOver) this.#response.socket?.write(NOTHING, this.#flushed)
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

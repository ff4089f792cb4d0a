import type { Connection, ConnectionListener } from './connection.ts'
import type { Refusal } from './errors.ts'
import type { Principal } from './principal.ts'

/** A WebSocket as the sinks and sources see it; `http/` makes one of each connection. */
export interface Socket extends Connection {
  /** Writes whole WebSocket frames, prebuilt (`wire/ws-frame.ts`); after the close it does nothing. */
  write(frames: Uint8Array): void
  /** Sends a short text. */
  send(text: string): void
  /** Stops and starts reading, so that a peer who sends faster than we work has to wait. */
  pause(): void
  resume(): void
  /**
   * Says goodbye, after what was written before.
   * @param code RFC 6455, section 7.4
   * @param reason at most 123 bytes of UTF-8; the rest is cut
   */
  close(code: number, reason: string): void
  /** Sets who is told of what happens; once, by whoever the connection is handed to. */
  listen(listener: SocketListener): void
}

/** What may happen on a socket. */
export interface SocketListener extends ConnectionListener {
  text?(message: string): void
  binary?(message: Uint8Array): void
  pong?(payload: Uint8Array): void
}

/** A WebSocket that was let in and what belongs to it, as its route is handed them. */
export interface SocketContext {
  readonly socket: Socket
  readonly principal: Principal
  /** The names in the path, decoded and checked. */
  readonly params: Readonly<Record<string, string>>
  /** To be told of what is refused on the open socket, for the record. */
  readonly refused: (refusal: Refusal) => void
}

/** Takes over a connection. It may throw a Refusal: the socket is then closed with 1008 and its sentence. */
export type SocketHandler = (context: SocketContext) => void

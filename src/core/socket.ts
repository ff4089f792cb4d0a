import type { Connection, ConnectionListener } from './connection.ts'
import type { Refusal } from './errors.ts'
import type { Principal } from './principal.ts'

/** A WebSocket as sinks and sources see it; `http/` creates one for each connection. */
export interface Socket extends Connection {
  /**
   * Writes WebSocket frames that were encoded before (`wire/ws-frame.ts`), whole or in pieces, all of them in one system
   * call; does nothing after the close.
   */
  write(...pieces: readonly Uint8Array[]): void
  /** Sends a short text message. */
  send(text: string): void
  /**
   * Counts work for the peer against its limit of messages (`limits.messages_per_s`), in which each message counts one
   * by itself; a negative number takes back what should cost nothing, such as a credit for a frame that was sent.
   */
  charge(messages: number): void
  /** Counts the bytes of a message that is refused, as work for the peer: reading it was for nothing. */
  chargeRefused(bytes: number): void
  /**
   * Says how many bytes are held for the peer: its messages that are worked on, what it has asked to be sent. They count
   * in `limits.held_bytes`; a peer that takes more than its share is disconnected.
   */
  holds(bytes: number): void
  /** Pause and resume reading, so that a peer that sends faster than we process has to wait (backpressure). */
  pause(): void
  resume(): void
  /**
   * Sends a close frame, after everything that was written before.
   * @param code RFC 6455, section 7.4
   * @param reason at most 123 bytes of UTF-8; the rest is cut
   */
  close(code: number, reason: string): void
  /** Sets the listener; called once, by the owner of the connection. */
  listen(listener: SocketListener): void
}

/** Events of a socket. */
export interface SocketListener extends ConnectionListener {
  text?(message: string): void
  binary?(message: Uint8Array): void
  /** @returns whether it was the answer to a probe: then it costs the peer nothing */
  pong?(payload: Uint8Array): boolean
}

/** An accepted WebSocket with its request's data, as passed to the handler of its route. */
export interface SocketContext {
  readonly socket: Socket
  readonly principal: Principal
  /** What paths of ours begin with, as the peer sees them: "/cameras", or empty. */
  readonly basePath: string
  /** The path parameters, decoded and checked. */
  readonly params: Readonly<Record<string, string>>
  /** Reports a refusal on the open socket, for logs and the audit trail. */
  readonly refused: (refusal: Refusal) => void
}

/**
 * Handles a new connection. If it throws a `Refusal`, the socket is closed with code 1008 and the refusal's message.
 */
export type SocketHandler = (context: SocketContext) => void

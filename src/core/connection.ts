/**
 * A connection that frames and messages are written to, as sinks see it: a WebSocket, or an HTTP response that stays
 * open.
 */
export interface Connection {
  /** Whose it is, as in the limits of the memory that is held: clients take turns. */
  readonly client: string
  /** Whether the kernel has taken everything written, so that nothing is buffered in this process (backpressure). */
  readonly isDrained: boolean
  /**
   * Writes bytes as they are, all of them in one system call; does nothing after the end. They are whole messages of the
   * transport, or the pieces of one.
   */
  write(...pieces: readonly Uint8Array[]): void
  /**
   * How many bytes of what was written before the call the peer's machine has not acknowledged; undefined if the system
   * does not tell. Answered at most some twenty times a second, and more rarely where it takes long to find out. For
   * transports whose peers confirm nothing themselves.
   */
  unacknowledged?(): Promise<number | undefined>
  /** Closes the connection the way its transport does, after everything that was written before. */
  end(cause: EndCause, reason: string): void
  /** Sets the listener; called once, by the owner of the connection. */
  listen(listener: ConnectionListener): void
}

/**
 * Why the server ends a connection: access was revoked, the server shuts down, or it failed to serve the connection.
 */
export type EndCause = 'revoked' | 'shutdown' | 'failure'

/** Events of a connection. */
export interface ConnectionListener {
  /** `isDrained` is true again after it was false. */
  drained?(): void
  /** The connection is closed; the last event. */
  closed?(): void
}

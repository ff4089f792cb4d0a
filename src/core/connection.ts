/** Whatever frames and messages are written to, as the sinks see it: a WebSocket, an HTTP response that stays open. */
export interface Connection {
  /** Nothing that was written waits in this process's memory: the kernel took it all. */
  readonly isDrained: boolean
  /** Writes bytes as they are, whole messages of the transport; after the end it does nothing. */
  write(bytes: Uint8Array): void
  /** Says goodbye, after what was written before, as the transport does. */
  end(cause: EndCause, reason: string): void
  /** Sets who is told of what happens; once, by whoever the connection is handed to. */
  listen(listener: ConnectionListener): void
}

/** Why the server ends a connection: its right ended, the server goes down, or the server cannot serve it. */
export type EndCause = 'revoked' | 'shutdown' | 'failure'

/** What may happen on a connection. */
export interface ConnectionListener {
  /** `isDrained` is true again after it was found false. */
  drained?(): void
  /** Nothing comes after this. */
  closed?(): void
}

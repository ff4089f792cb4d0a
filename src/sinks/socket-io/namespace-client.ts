import type { EndCause } from '../../core/connection.ts'

/** A client in one namespace of Socket.IO, as its connection sees it. */
export interface NamespaceClient {
  /** Everything that was written has been taken. */
  drained(): void
  /** Tells it what went wrong. */
  error(message: string): void
  /** The server is about to close its connection. */
  ending(cause: EndCause, reason: string): void
  /** It has left, or its connection is closed. */
  close(): void
}

import type { StreamEvent } from './event-stream-client.ts'
import type { RetryOptions } from './retry.ts'
import type { Token } from './token.ts'

/** The result of a command, as the server sends it. */
export type CommandResult =
  | { readonly command: string; readonly success: true; readonly result: unknown }
  | { readonly command: string; readonly success: false; readonly error: string }

/** Where a live video is. */
export interface VideoStream {
  readonly stream_url: string
  readonly quality: string
}

/** The events of a WebSocketClient. */
export interface WebSocketClientEvents {
  connect: { readonly connected: true }
  disconnect: { readonly reason: string }
  /** The server's greeting. */
  server_connected: { readonly client_id: string; readonly server_capabilities: readonly string[] }
  /** From now on what happens is sent, of all these types. */
  subscribed: { readonly event_types: readonly string[] }
  /** Something happened, of the types that were subscribed to. Each comes once, in order. */
  live_event: Partial<StreamEvent> & Pick<StreamEvent, 'event_type' | 'data' | 'timestamp'>
  /** Events may be missing, after `missed_from` and up to `missed_to`. */
  gap: { readonly missed_from: string; readonly missed_to: string }
  /** The result of any command of this client. */
  command_result: CommandResult
  video_stream_ready: VideoStream
  /** The server has refused something, or there is no connection. The client goes on trying. */
  error: { readonly message: string; readonly [field: string]: unknown }
  /** So many attempts in a row have failed. The client goes on trying. */
  max_reconnect: { readonly attempts: number }
}

/** Options of a WebSocketClient. */
export interface WebSocketClientOptions extends RetryOptions {
  /** Shown to the server on each attempt; default: the `?token=` of the address or of the page's own. */
  readonly token?: Token | undefined
  /** After how many failed attempts `max_reconnect` is emitted, default 10. */
  readonly maxReconnect?: number | undefined
  /** How long a command waits for the connection and its result, ms, default 30 000. */
  readonly commandTimeout?: number | undefined
  /** How long a request for a video waits, ms, default 10 000. */
  readonly videoTimeout?: number | undefined
}

/**
 * The subset of the WebSocket API that this SDK uses. The global `WebSocket` of browsers and Node fits, and so does
 * that of the package `ws`. Handlers take `never`, so that each implementation may pass its own event type.
 */
export interface ClientSocket {
  binaryType: string
  readonly readyState: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
}

/** `readyState` of an open socket. */
export const OPEN = 1

/** The message or code of an error event; undefined in browsers, which hide network errors from scripts. */
export function problemOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return undefined
  if ('message' in event && typeof event.message === 'string' && event.message !== '') return event.message
  if (!('error' in event) || typeof event.error !== 'object' || event.error === null) return undefined
  return 'code' in event.error && typeof event.error.code === 'string' ? event.error.code : undefined
}

/**
 * What this SDK uses of a WebSocket: the global one of browsers and Node is such a socket, and so is that of the
 * package `ws`. Handlers take `never`, so that each may give its own kind of event.
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

/** The `readyState` of a socket that can send. */
export const OPEN = 1

/** What an error event says; browsers say nothing, so as to tell scripts nothing of the network. */
export function problemOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return undefined
  if ('message' in event && typeof event.message === 'string' && event.message !== '') return event.message
  if (!('error' in event) || typeof event.error !== 'object' || event.error === null) return undefined
  return 'code' in event.error && typeof event.error.code === 'string' ? event.error.code : undefined
}

import { Program } from './program.ts'
import type { Workshop } from './workshop.ts'

/** The type of the events that the benchmarks publish; the server itself reports others. */
export const EVENT_TYPE = 'bench'

/** What readers.c tells. Times in ms. */
export interface ReadersReport {
  /** How many different events came, and how many of them to all readers. */
  readonly events: number
  readonly complete: number
  /** From publishing an event until the last reader had it. */
  readonly last: { readonly p50: number; readonly max: number }
}

/** Settings that let so many readers of an event stream in, all from one address. */
export function roomForReaders(count: number): string[] {
  const settings = [
    'streaming.max_connections',
    'streaming.connecting',
    'streaming.connecting_per_client',
    'viewers.max',
    'limits.connections_per_client',
    'limits.http_connections',
    'limits.http_connections_per_address',
  ]
  const room = settings.flatMap((setting) => [`--${setting}`, String(count + 5000)])
  return [...room, '--limits.requests_per_turn', '1000']
}

/** How the readers get events. */
export type ReadersManner = 'stream' | 'socket.io'

/**
 * Starts readers of events, which read for so many seconds, or until they are stopped: clients of `/stream/events`, or
 * of Socket.IO 4 over WebSocket.
 */
export async function startReaders(
  workshop: Workshop,
  port: number,
  count: number,
  { seconds = 3600, manner = 'stream' }: { seconds?: number; manner?: ReadersManner } = {},
): Promise<Program> {
  const how = manner === 'stream' ? ['/stream/events', count, seconds] : ['/socket.io/', count, seconds, EVENT_TYPE]
  const args = ['127.0.0.1', port, ...how].map(String)
  const readers = new Program(workshop.program('readers'), args)
  await readers.line(/^ready$/, 120_000)
  return readers
}

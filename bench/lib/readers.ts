import { Program } from './program.ts'
import type { Workshop } from './workshop.ts'

/** The type of the events that the benchmarks publish; the server itself reports others. */
export const EVENT_TYPE = 'bench'

/** What readers.c tells. Times in ms. */
export interface ReadersReport {
  /** How many different events came, and how many of them to all readers. */
  readonly events: number
  readonly complete: number
  /** How many readers were cut off. */
  readonly closed: number
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
 * Starts readers of events: clients of `/stream/events`, or of Socket.IO 4 over WebSocket. They read for so many seconds or,
 * if their number is given, tell it when so many events have reached them all, and then read until they are stopped.
 */
export async function startReaders(
  workshop: Workshop,
  port: number,
  count: number,
  { seconds = 3600, events = 0, manner = 'stream' }: { seconds?: number; events?: number; manner?: ReadersManner } = {},
): Promise<Program> {
  const path = manner === 'stream' ? '/stream/events' : '/socket.io/'
  const type = manner === 'stream' ? [] : [EVENT_TYPE]
  const args = ['127.0.0.1', port, path, count, seconds, events, ...type].map(String)
  const readers = new Program(workshop.program('readers'), args)
  await readers.line(/^ready$/, 120_000)
  return readers
}

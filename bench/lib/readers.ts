import { Program } from './program.ts'
import type { Workshop } from './workshop.ts'

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
    'viewers.max',
    'limits.connections_per_client',
    'limits.http_connections',
    'limits.http_connections_per_address',
  ]
  const room = settings.flatMap((setting) => [`--${setting}`, String(count + 5000)])
  return [...room, '--limits.requests_per_turn', '1000']
}

/** Starts readers of `/stream/events`, which read for so many seconds, or until they are stopped. */
export async function startReaders(workshop: Workshop, port: number, count: number, seconds = 3600): Promise<Program> {
  const args = ['127.0.0.1', port, '/stream/events', count, seconds].map(String)
  const readers = new Program(workshop.program('readers'), args)
  await readers.line(/^ready$/, 120_000)
  return readers
}

import { join } from 'node:path'
import type { EventResumeFigures } from '../programs/event-resume.ts'
import type { Figure } from './figure.ts'
import { cpuTime } from './process-figures.ts'
import { Program } from './program.ts'
import { type MeasuredServer, PUBLISH_KEY } from './servers.ts'

/** How long events are published, in seconds; shorter for a trial. */
export const SECONDS = Number(process.env.BENCH_EVENTS_S ?? 60)

/** Until the clients are connected and the last events have arrived, s. */
const PATIENCE_S = 60

/** Clients that follow events and are cut off again and again. */
export interface EventResumeOptions {
  readonly way: 'sse' | 'live' | 'socket.io'
  readonly clients: number
  /** Events a second. */
  readonly rate: number
  /** How many times each client is cut off. */
  readonly cuts: number
}

/** What the clients got, and the CPU time of the server meanwhile, s. */
export type EventResume = EventResumeFigures & { readonly cpu: number }

/** Publishes events for `SECONDS` to clients, which are cut off at random moments. */
export async function measureEventResume(
  { port, program: { pid } }: MeasuredServer,
  { way, clients, rate, cuts }: EventResumeOptions,
): Promise<EventResume> {
  const path = join(import.meta.dirname, '../programs/event-resume.ts')
  const args = [path, port, PUBLISH_KEY, way, clients, rate, SECONDS, cuts]
  const program = new Program(process.execPath, args.map(String))
  await program.line(/^publishing$/, PATIENCE_S * 1000)
  const before = cpuTime(pid)
  const figures = await program.result<EventResumeFigures>((SECONDS + PATIENCE_S) * 1000)
  const cpu = (cpuTime(pid) - before) / 1e6
  await program.exited()
  return { ...figures, cpu }
}

/** The row: whether every client got every event, in order and once. @param to whom, in words */
export function eventResumeFigure(
  { clients, rate, cuts }: EventResumeOptions,
  to: string,
  result: EventResume,
): Figure {
  const { received, published, missing, repeated, disordered, cpu, clientCpu, seconds, gaps } = result
  const share = (cpuSeconds: number) => ((100 * cpuSeconds) / seconds).toFixed(0)
  return {
    what: `${rate.toLocaleString('en-US')} events/s for ${SECONDS} s to ${clients} clients ${to}, each cut off ${cuts} times: missing, repeated or out of order`,
    yardstick: '–',
    reach: '0',
    measured: `${missing} missing, ${repeated} repeated, ${disordered} out of order of ${received.toLocaleString('en-US')}, ${gaps} gaps (${(published / seconds).toFixed(0)} events/s; ${share(cpu)} % of a core for the server, ${share(clientCpu)} % for the clients)`,
    isReached:
      missing + repeated + disordered + gaps === 0 &&
      result.cuts === clients * cuts &&
      // If fewer could be published, this is another measurement.
      published / seconds > 0.95 * rate,
  }
}

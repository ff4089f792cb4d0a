import { join } from 'node:path'
import type { Benchmark, Figure } from '../lib/figure.ts'
import { cpuTime } from '../lib/process-figures.ts'
import { Program } from '../lib/program.ts'
import { type MeasuredServer, PUBLISH_KEY, startBelvedere } from '../lib/servers.ts'
import type { EventResumeFigures } from '../programs/event-resume.ts'

/** How long events are published on each way, in seconds; shorter for a trial. */
const SECONDS = Number(process.env.BENCH_EVENTS_S ?? 60)
const CLIENTS = 30
const RATE = 1000
const CUTS = 5
/** Until the clients are connected and the last events have arrived, s. */
const PATIENCE_S = 60

/** Whether clients that are cut off again and again get every event, in order and once. */
export const eventResume: Benchmark = {
  name: 'event-resume',
  async run({ workshop }) {
    const server = await startBelvedere(workshop, {
      // Those that were cut off may still count for a moment.
      flags: ['--limits.events_per_minute', '1000000', '--streaming.max_connections', '1000'],
    })
    const ways = { sse: '`/stream/events`', live: '`/ws/live`' } as const
    const raw = { sse: await crowd(server, 'sse'), live: await crowd(server, 'live') }
    const figures = Object.entries(ways).map(([way, path]): Figure => {
      const { received, published, missing, repeated, disordered, cuts, cpu, seconds, gaps } =
        raw[way as keyof typeof ways]
      return {
        what: `${RATE.toLocaleString('en-US')} events/s for ${SECONDS} s to ${CLIENTS} clients on ${path}, each cut off ${CUTS} times: missing, repeated or out of order`,
        yardstick: '–',
        reach: '0',
        measured: `${missing} missing, ${repeated} repeated, ${disordered} out of order of ${received.toLocaleString('en-US')}, ${gaps} gaps (${(published / seconds).toFixed(0)} events/s; server ${((100 * cpu) / seconds).toFixed(0)} % of a core)`,
        isReached:
          missing + repeated + disordered + gaps === 0 &&
          cuts === CLIENTS * CUTS &&
          // If fewer could be published, this is another measurement.
          published / seconds > 0.95 * RATE,
      }
    })
    return { figures, raw }
  },
}

/** @returns what the clients got, and the CPU time of the server meanwhile, s */
async function crowd({ port, program: { pid } }: MeasuredServer, way: 'sse' | 'live') {
  const path = join(import.meta.dirname, '../programs/event-resume.ts')
  const args = [path, port, PUBLISH_KEY, way, CLIENTS, RATE, SECONDS, CUTS]
  const program = new Program(process.execPath, args.map(String))
  await program.line(/^publishing$/, PATIENCE_S * 1000)
  const before = cpuTime(pid)
  const figures = await program.result<EventResumeFigures>((SECONDS + PATIENCE_S) * 1000)
  const cpu = (cpuTime(pid) - before) / 1e6
  await program.exited()
  return { ...figures, cpu }
}

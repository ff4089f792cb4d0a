import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark } from '../lib/figure.ts'
import { INSPECTABLE, Inspector } from '../lib/inspector.ts'
import { residentBytes } from '../lib/process-figures.ts'
import { Program } from '../lib/program.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { startSource } from '../lib/source.ts'
import { median } from '../lib/statistics.ts'
import type { Workshop } from '../lib/workshop.ts'

const IDLERS = 2000
/**
 * Before the first figure is taken: code and buffers that every server needs that has viewers at all, and what the
 * process has in reserve since its start. With fewer the figure tells how large that reserve was: a process that is
 * smaller at rest grows more until both are of one size.
 */
const WARM_UP = 2000
const ROUNDS = 3
const REACH_IDLER = 25_000
const REACH_REST = 150_000_000

/** What the process needs, alone and for each viewer. */
export const memory: Benchmark = {
  name: 'memory',
  async run({ workshop }) {
    const raw = {
      labels: [] as IdlerMemory[],
      live: [] as IdlerMemory[],
      rest: [] as number[],
    }
    for (let round = 0; round < ROUNDS; round++) {
      raw.labels.push(await memoryOfIdlers(workshop, 'labels'))
      raw.live.push(await memoryOfIdlers(workshop, 'live'))
      raw.rest.push(await memoryAtRest(workshop))
    }
    const idler = (dialect: 'labels' | 'live') => {
      const resident = median(raw[dialect].map((figures) => figures.resident))
      const used = median(raw[dialect].map((figures) => figures.used))
      const whole = median(raw[dialect].map((figures) => figures.whole))
      return {
        what: `memory of an idle viewer on \`/ws/${dialect}\` (of ${IDLERS.toLocaleString('en-US')})`,
        yardstick: '–',
        reach: `≤ ${REACH_IDLER / 1000} KB`,
        measured:
          `${(resident / 1000).toFixed(1)} KB resident (${(used / 1000).toFixed(1)} KB of heap and buffers); ` +
          `the process with ${(WARM_UP + IDLERS).toLocaleString('en-US')} of them ${(whole / 1e6).toFixed(0)} MB`,
        isReached: resident <= REACH_IDLER,
      }
    }
    const rest = median(raw.rest)
    return {
      figures: [
        idler('labels'),
        idler('live'),
        {
          what: 'memory of the process at rest',
          yardstick: '–',
          reach: `≤ ${REACH_REST / 1e6} MB`,
          measured: `${(rest / 1e6).toFixed(0)} MB resident`,
          isReached: rest <= REACH_REST,
        },
      ],
      raw,
    }
  },
}

interface IdlerMemory {
  /** Growth of the process for each viewer, bytes. */
  readonly resident: number
  /** Growth of what it really uses: heap and buffers. */
  readonly used: number
  /** The whole process, with all of them. */
  readonly whole: number
}

// A new server each time: memory that viewers who left have freed would hold those who come.
async function memoryOfIdlers(workshop: Workshop, dialect: 'labels' | 'live'): Promise<IdlerMemory> {
  const server = await startBelvedere(workshop, { nodeFlags: [INSPECTABLE] })
  const source = await startSource(server, { label: 'bench', fps: 30 })
  await source.stop()
  const inspector = await Inspector.attach(server.program)
  const first = await startIdlers(server, dialect, WARM_UP)
  await sleep(500)
  const before = await inspector.memory()
  const all = await startIdlers(server, dialect, IDLERS)
  await sleep(2500)
  const after = await inspector.memory()
  inspector.close()
  await Promise.all([first.stop(), all.stop()])
  await server.program.stop()
  return {
    resident: (after.rss - before.rss) / IDLERS,
    used: (after.heapUsed + after.external - before.heapUsed - before.external) / IDLERS,
    whole: after.rss,
  }
}

async function startIdlers(server: MeasuredServer, dialect: string, count: number): Promise<Program> {
  const path = join(import.meta.dirname, '../programs/idlers.ts')
  const idlers = new Program(process.execPath, [path, dialect, String(server.port), 'bench', String(count)])
  await idlers.line(/^connected$/)
  return idlers
}

async function memoryAtRest(workshop: Workshop): Promise<number> {
  const { program } = await startBelvedere(workshop)
  await sleep(3000)
  const bytes = residentBytes(program.pid)
  await program.stop()
  return bytes
}

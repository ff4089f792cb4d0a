import { setTimeout as sleep } from 'node:timers/promises'
import { type Benchmark, times } from '../lib/figure.ts'
import { INSPECTABLE, Inspector } from '../lib/inspector.ts'
import { cpuTime } from '../lib/process-figures.ts'
import { type ReadersReport, roomForReaders, startReaders } from '../lib/readers.ts'
import { type MeasuredServer, PUBLISH_KEY, startBelvedere, startYardstick } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'
import type { Workshop } from '../lib/workshop.ts'

const READERS = 10_000
/** Connected before memory is measured: what every server needs that has readers at all. */
const WARM_UP = 2000
const EVENTS = 10
const PERIOD_MS = 500
const REACH_BYTES = 18_000
const REACH_MEMORY = 1.2
const REACH_CPU = 1.3
const REACH_SLICE_MS = 10
const REACH_LAST_MS = 150

/** What one event costs that goes to very many readers of an event stream, and what they take. */
export const eventCrowd: Benchmark = {
  name: 'event-crowd',
  async run({ workshop, rounds }) {
    const ours: CrowdOfReaders[] = []
    const theirs: CrowdOfReaders[] = []
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      const belvedere = await startBelvedere(workshop, {
        nodeFlags: [INSPECTABLE],
        flags: [...roomForReaders(2 * READERS), '--limits.events_per_minute', '1000000'],
      })
      ours.push(await measure(workshop, belvedere))
      const bare = await startYardstick('event-stream', [], [INSPECTABLE])
      theirs.push(await measure(workshop, bare))
    }
    const of = (figures: CrowdOfReaders[], key: keyof CrowdOfReaders) => median(figures.map((each) => each[key]))
    const both = (key: keyof CrowdOfReaders) =>
      ratios(
        ours.map((each) => each[key]),
        theirs.map((each) => each[key]),
      )
    const memory = median(both('bytes'))
    const cpu = median(both('cpu'))
    const more = median(ours.map((each) => each.slice - each.idle))
    const crowd = `of ${READERS.toLocaleString('en-US')} SSE clients`
    const yardstick = 'a bare Node SSE server'
    return {
      figures: [
        {
          what: `memory of one ${crowd}`,
          yardstick,
          reach: `≤ ${REACH_BYTES / 1000} KB and ≤ ${REACH_MEMORY} ×`,
          measured: `${(of(ours, 'bytes') / 1000).toFixed(1)} KB, ${times(memory)} (to ${(of(theirs, 'bytes') / 1000).toFixed(1)} KB)`,
          isReached: of(ours, 'bytes') <= REACH_BYTES && memory <= REACH_MEMORY,
        },
        {
          what: `server CPU for an event to one ${crowd}`,
          yardstick,
          reach: `≤ ${REACH_CPU} ×`,
          measured: `${times(cpu)} (${of(ours, 'cpu').toFixed(1)} µs to ${of(theirs, 'cpu').toFixed(1)} µs)`,
          isReached: cpu <= REACH_CPU,
        },
        {
          what: `longest block of the event loop by an event ${crowd}`,
          yardstick: 'the same server at rest',
          reach: `≤ + ${REACH_SLICE_MS} ms`,
          measured: `+ ${more.toFixed(1)} ms (${of(ours, 'slice').toFixed(1)} ms to ${of(ours, 'idle').toFixed(1)} ms; the bare one ${of(theirs, 'slice').toFixed(0)} ms)`,
          isReached: more <= REACH_SLICE_MS,
        },
        {
          what: `publish → the last ${crowd}`,
          yardstick,
          reach: `≤ ${REACH_LAST_MS} ms on an idle machine`,
          measured: `${of(ours, 'last').toFixed(0)} ms to ${of(theirs, 'last').toFixed(0)} ms; all there`,
          isReached: of(ours, 'last') <= REACH_LAST_MS,
        },
      ],
      raw: { ours, theirs },
    }
  },
}

/** Times in ms, but `cpu`: µs for an event and reader. */
interface CrowdOfReaders {
  /** Memory of one, bytes resident. */
  readonly bytes: number
  readonly cpu: number
  /** The longest block of the event loop while events were sent, and while nothing was. */
  readonly slice: number
  readonly idle: number
  /** The median of when the last reader had an event. */
  readonly last: number
}

async function measure(workshop: Workshop, server: MeasuredServer): Promise<CrowdOfReaders> {
  const { port, program } = server
  const inspector = await Inspector.attach(program)
  // The publisher's connection and code are there before anything is measured.
  for (let i = 0; i < 3; i++) await publish(port, -1)
  const first = await startReaders(workshop, port, WARM_UP, 300)
  for (let i = 0; i < 3; i++) await publish(port, -1)
  const before = await inspector.memory()
  const seconds = (EVENTS * 2 * PERIOD_MS) / 1000 + 8
  const readers = await startReaders(workshop, port, READERS - WARM_UP, seconds)
  await inspector.watchDelay()
  await sleep(EVENTS * PERIOD_MS)
  const idle = await inspector.longestDelay()
  await inspector.watchDelay()
  const cpuBefore = cpuTime(program.pid)
  for (let i = 0; i < EVENTS; i++) {
    const due = sleep(PERIOD_MS)
    await publish(port, i)
    await due
  }
  const cpu = (cpuTime(program.pid) - cpuBefore) / EVENTS / READERS
  const slice = await inspector.longestDelay()
  const after = await inspector.memory()
  const { events, complete, last } = await readers.result<ReadersReport>(60_000)
  if (events !== EVENTS || complete !== EVENTS) throw new Error(`of ${EVENTS} events ${complete} reached everybody`)
  inspector.close()
  await first.stop()
  await program.stop()
  return { bytes: (after.rss - before.rss) / (READERS - WARM_UP), cpu, slice, idle, last: last.p50 }
}

async function publish(port: number, sequence: number): Promise<void> {
  const at = process.hrtime.bigint() / 1000n
  const response = await fetch(`http://127.0.0.1:${port}/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${PUBLISH_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'bench',
      source: 'bench',
      label: 'bench',
      data: { mark: `BENCH:${at}:${sequence};` },
    }),
  })
  if (!response.ok) throw new Error(`the server answered ${response.status} ${await response.text()}`)
  await response.arrayBuffer()
}

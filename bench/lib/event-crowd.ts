import { setTimeout as sleep } from 'node:timers/promises'
import { Inspector } from './inspector.ts'
import { cpuTime } from './process-figures.ts'
import { EVENT_TYPE, type ReadersManner, type ReadersReport, startReaders } from './readers.ts'
import { type MeasuredServer, PUBLISH_KEY } from './servers.ts'
import type { Workshop } from './workshop.ts'

/** What very many readers of events cost. Times in ms, but `cpu`: µs for an event and reader. */
export interface EventCrowdFigures {
  /** Memory of one, bytes resident. */
  readonly bytes: number
  readonly cpu: number
  /** The longest block of the event loop while events were sent, and while nothing was. */
  readonly slice: number
  readonly idle: number
  /** The median of when the last reader had an event. */
  readonly last: number
}

/** How a crowd of readers is measured. */
export interface EventCrowdOptions {
  readonly manner: ReadersManner
  readonly readers: number
  /** How many are connected before memory is measured: what every server needs that has readers at all. */
  readonly warmUp: number
  readonly events: number
  readonly period: number
}

/** How long the last event may take to reach everybody, s. */
const PATIENCE_S = 30

/**
 * Measures a server with readers of its events, and stops it.
 * @param server started with INSPECTABLE
 */
export async function measureEventCrowd(
  workshop: Workshop,
  { port, program }: MeasuredServer,
  { manner, readers: count, warmUp, events: published, period }: EventCrowdOptions,
): Promise<EventCrowdFigures> {
  const inspector = await Inspector.attach(program)
  // The publisher's connection and code are there before anything is measured.
  for (let i = 0; i < 3; i++) await publish(port, -1)
  const first = await startReaders(workshop, port, warmUp, { manner })
  for (let i = 0; i < 3; i++) await publish(port, -1)
  const before = await inspector.memory()
  const seconds = (2 * published * period) / 1000 + PATIENCE_S
  const readers = await startReaders(workshop, port, count - warmUp, { manner, seconds, events: published })
  await inspector.watchDelay()
  await sleep(published * period)
  const idle = await inspector.longestDelay()
  await inspector.watchDelay()
  const cpuBefore = cpuTime(program.pid)
  for (let i = 0; i < published; i++) {
    const due = sleep(period)
    await publish(port, i)
    await due
  }
  const { events, complete, closed, last } = await readers.result<ReadersReport>(2 * PATIENCE_S * 1000)
  const cpu = (cpuTime(program.pid) - cpuBefore) / published / count
  const slice = await inspector.longestDelay()
  const after = await inspector.memory()
  if (events !== published || complete !== published)
    throw new Error(`of ${published} events ${events} came, ${complete} to everybody; ${closed} readers were cut off`)
  inspector.close()
  await readers.stop()
  await first.stop()
  await program.stop()
  return { bytes: (after.rss - before.rss) / (count - warmUp), cpu, slice, idle, last: last.p50 }
}

async function publish(port: number, sequence: number): Promise<void> {
  const at = process.hrtime.bigint() / 1000n
  const response = await fetch(`http://127.0.0.1:${port}/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${PUBLISH_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      type: EVENT_TYPE,
      source: 'bench',
      label: 'bench',
      data: { mark: `BENCH:${at}:${sequence};` },
    }),
  })
  if (!response.ok) throw new Error(`the server answered ${response.status} ${await response.text()}`)
  await response.arrayBuffer()
}

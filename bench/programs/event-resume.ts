// Publishes events at a steady rate, and reads them all with clients that are cut off at random moments.
//
//   event-resume.ts PORT KEY sse|live|socket.io CLIENTS RATE SECONDS CUTS
//
// Prints "publishing" when the clients are connected, and at the end what they got (EventResumeFigures).

import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EventPlace, type EventReader, LiveReader, SocketIoReader, StreamReader } from '../lib/event-readers.ts'
import { EVENT_TYPE } from '../lib/readers.ts'

/** What the clients got of what was published. */
export interface EventResumeFigures {
  readonly published: number
  /** How long that took, s. */
  readonly seconds: number
  /** How many times a client was cut off. */
  readonly cuts: number
  /** The sums over all clients. */
  readonly received: number
  readonly missing: number
  readonly repeated: number
  readonly disordered: number
  readonly gaps: number
  /** CPU time of the clients and the publisher together while events were published, s. */
  readonly clientCpu: number
}

const [port = '', key = '', dialect = 'sse', ...numbers] = process.argv.slice(2)
const [clients = 30, rate = 1000, seconds = 60, cuts = 5] = numbers.map(Number)

/** How long the last events may take to arrive, s. */
const PATIENCE_S = 30
const agent = new Agent({ keepAlive: true, maxSockets: 32 })

const place = await currentPlace()
const readers = Array.from({ length: clients }, makeReader)
await until(() => readers.every(({ isReading }) => isReading))
console.log('publishing')
let done = 0
for (const reader of readers)
  for (let i = 0; i < cuts; i++)
    setTimeout(
      () => {
        reader.cut()
        done++
      },
      Math.random() * seconds * 1000,
    )
const begin = performance.now()
const cpuBefore = process.cpuUsage()
const answers: Promise<string>[] = []
while (answers.length < rate * seconds) {
  const due = Math.min(rate * seconds, Math.floor(((performance.now() - begin) / 1000) * rate))
  while (answers.length < due) answers.push(publish(answers.length))
  await sleep(5)
}
const order = new Map((await Promise.all(answers)).sort(inOrder).map((id, index) => [id, index]))
const { user, system } = process.cpuUsage(cpuBefore)
const took = (performance.now() - begin) / 1000
const newest = [...order.keys()].at(-1)
await until(() => done === clients * cuts && readers.every(({ ids }) => ids.at(-1) === newest)).catch(() => {})
for (const reader of readers) reader.close()
const indexOf = (id: string | undefined) => order.get(id ?? '') ?? -1
const sum = (count: (reader: EventReader) => number) => readers.reduce((total, reader) => total + count(reader), 0)
const figures: EventResumeFigures = {
  published: order.size,
  seconds: took,
  cuts: done,
  received: sum(({ ids }) => ids.length),
  missing: sum(({ ids }) => order.size - new Set(ids.filter((id) => order.has(id))).size),
  repeated: sum(({ ids }) => ids.length - new Set(ids).size),
  disordered: sum(({ ids }) => ids.filter((id, i) => i > 0 && indexOf(id) < indexOf(ids[i - 1])).length),
  gaps: sum(({ gaps }) => gaps),
  clientCpu: (user + system) / 1e6,
}
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit())

function makeReader(): EventReader {
  if (dialect === 'socket.io') return new SocketIoReader(Number(port))
  return dialect === 'sse' ? new StreamReader(Number(port), place) : new LiveReader(Number(port), place)
}

async function currentPlace(): Promise<EventPlace> {
  const answer: unknown = await (await fetch(`http://127.0.0.1:${port}/events`)).json()
  const { position, epoch } = Object(answer)
  return { position, epoch }
}

/** @returns the id of the event */
async function publish(n: number): Promise<string> {
  const body = JSON.stringify({ type: EVENT_TYPE, label: 'bench', data: { n } })
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  const answer = await new Promise<string>((resolve, reject) => {
    const post = request({ port, host: '127.0.0.1', path: '/events', method: 'POST', headers, agent }, (response) =>
      text(response).then(resolve, reject),
    )
    post.on('error', reject).end(body)
  })
  const { id } = JSON.parse(answer)
  if (typeof id !== 'string') throw new Error(`POST /events answered ${answer}`)
  return id
}

/** Whether an id comes before another one, for sorting. */
function inOrder(one: string, other: string): number {
  const [[ms = 0, seq = 0], [otherMs = 0, otherSeq = 0]] = [one.split('-').map(Number), other.split('-').map(Number)]
  return ms - otherMs || seq - otherSeq
}

/** Waits until a condition holds. @throws Error after `PATIENCE_S` */
async function until(condition: () => boolean): Promise<void> {
  const last = performance.now() + PATIENCE_S * 1000
  while (!condition()) {
    if (performance.now() > last) throw new Error(`not within ${PATIENCE_S} s`)
    await sleep(20)
  }
}

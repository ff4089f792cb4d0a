import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Benchmark, times } from '../lib/figure.ts'
import { INSPECTABLE, Inspector } from '../lib/inspector.ts'
import { openLiveClient } from '../lib/live-client.ts'
import { Counts } from '../lib/metrics.ts'
import { cpuTime, cpuTimesDuring, residentBytes } from '../lib/process-figures.ts'
import { Program } from '../lib/program.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'
import type { Workshop } from '../lib/workshop.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const PULSES = 100
const VIEWERS = 20
const VIEWER_FPS = 10
const MESSAGE_BYTES = 640 * 480 * 8 + (640 + 480) * 8
const SETTLE_S = 4
const MEASURE_S = 6
const REACH_CPU = 1.2
const REACH_MESSAGES = 3
const REACH_DELAY_MS = 10
/** Rendering costs the same, whoever watches; what differs is what twenty more are sent. */
const REACH_VIEWERS = 1.5
/** Counting begins and ends in the middle of a picture. */
const REACH_MADE = 1.05

/** What an instrument costs the whole server: while nobody watches, with one viewer and with many. */
export const instrument: Benchmark = {
  name: 'instrument',
  async run({ workshop, rounds }) {
    const sender = new Program(process.execPath, [MAIN, 'simulate', 'beamline', '-o', '0', '--rate', String(PULSES)])
    const [address = '', port = ''] = await sender.line(/tcp:\/\/[\d.]+:(\d+)/)
    const raw: Round[] = []
    for (let round = 0; round < rounds; round++)
      raw.push({ c: await received(workshop, address), ...(await read(workshop, port)) })
    const of = (value: (round: Round) => number) => median(raw.map(value))
    const cpu = median(
      ratios(
        raw.map(({ unwatched }) => unwatched),
        raw.map(({ c }) => c),
      ),
    )
    const grown = of(({ grown }) => grown) / MESSAGE_BYTES
    const viewers = median(
      ratios(
        raw.map(({ many }) => many),
        raw.map(({ one }) => one),
      ),
    )
    const made = median(
      ratios(
        raw.map(({ madeForMany }) => madeForMany),
        raw.map(({ madeForOne }) => madeForOne),
      ),
    )
    const more = of(({ delay, idleDelay }) => delay - idleDelay)
    const what = `an instrument of 640 × 480 float64 × ${PULSES}/s`
    const us = (value: number) => `${value.toFixed(0)} µs`
    return {
      figures: [
        {
          what: `${what}, nobody watching: CPU time of a message, the whole server without what it uses at rest`,
          yardstick: 'a C program that only receives, with libzmq',
          reach: `≤ ${REACH_CPU} ×`,
          measured: `${times(cpu)} (${us(of(({ unwatched }) => unwatched))} to ${us(of(({ c }) => c))})`,
          isReached: cpu <= REACH_CPU,
        },
        {
          what: `${what}, nobody watching: memory`,
          yardstick: 'a server at rest beside it',
          reach: `≤ ${REACH_MESSAGES} messages more`,
          measured: `${grown.toFixed(1)} messages`,
          isReached: grown <= REACH_MESSAGES,
        },
        {
          what: `${what}: pictures drawn for ${VIEWERS} viewers × ${VIEWER_FPS}/s`,
          yardstick: 'for one viewer',
          reach: 'as many',
          measured: `${times(made)} (${of(({ madeForOne }) => madeForOne).toFixed(1)}/s to ${of(({ madeForMany }) => madeForMany).toFixed(1)}/s)`,
          isReached: made <= REACH_MADE,
        },
        {
          what: `${what}: CPU time with ${VIEWERS} viewers of its picture × ${VIEWER_FPS}/s`,
          yardstick: 'the same with one viewer',
          reach: `≤ ${REACH_VIEWERS} ×`,
          measured: times(viewers),
          isReached: viewers <= REACH_VIEWERS,
        },
        {
          what: `${what}, ${VIEWERS} viewers: delay of the event loop, p99`,
          yardstick: 'an idle event loop in the same seconds',
          reach: `≤ its + ${REACH_DELAY_MS} ms`,
          measured: `${more < 0 ? '' : '+ '}${more.toFixed(1)} ms`,
          isReached: more <= REACH_DELAY_MS,
        },
      ],
      raw,
    }
  },
}

/** CPU times of a message or of a second, µs; delays in ms. */
interface Round {
  readonly c: number
  readonly unwatched: number
  /** Bytes more than at rest. */
  readonly grown: number
  readonly one: number
  readonly many: number
  /** Pictures a second. */
  readonly madeForOne: number
  readonly madeForMany: number
  readonly delay: number
  readonly idleDelay: number
}

/** What the C program takes for a message. */
async function received(workshop: Workshop, address: string): Promise<number> {
  const program = new Program(workshop.program('zmtp-receive'), [address])
  await program.line(/^receiving$/)
  await sleep(SETTLE_S * 1000)
  program.kill('SIGUSR1')
  const before = cpuTime(program.pid)
  await sleep(MEASURE_S * 1000)
  const used = cpuTime(program.pid) - before
  program.kill('SIGTERM')
  const { messages } = await program.result<{ messages: number }>()
  await program.exited()
  return used / messages
}

/** What a server takes that reads the instrument. */
async function read(workshop: Workshop, port: string): Promise<Omit<Round, 'c'>> {
  const atRest = await startBelvedere(workshop)
  const server = await startBelvedere(workshop, { nodeFlags: [INSPECTABLE], flags: ['--source-port', port] })
  await sleep(SETTLE_S * 1000)
  const before = await messagesOf(server)
  const [used = 0, rest = 0] = await cpuTimesDuring([server.program.pid, atRest.program.pid], MEASURE_S)
  const messages = (await messagesOf(server)) - before
  const grown = residentBytes(server.program.pid) - residentBytes(atRest.program.pid)
  await atRest.program.stop()

  const idle = new Program(process.execPath, [INSPECTABLE, join(import.meta.dirname, '../programs/idle-loop.ts')])
  const inspectors = { busy: await Inspector.attach(server.program), idle: await Inspector.attach(idle) }
  const clients = [watch(server)]
  await sleep(SETTLE_S * 1000)
  const madeBefore = await madeOf(server)
  const [one = 0] = await cpuTimesDuring([server.program.pid], MEASURE_S)
  const madeForOne = (await madeOf(server)) - madeBefore
  while (clients.length < VIEWERS) clients.push(watch(server))
  await sleep(SETTLE_S * 1000)
  for (const inspector of Object.values(inspectors)) await inspector.watchDelay()
  const madeBeforeMany = await madeOf(server)
  const [many = 0] = await cpuTimesDuring([server.program.pid], MEASURE_S)
  const madeForMany = (await madeOf(server)) - madeBeforeMany
  const [delay, idleDelay] = [await inspectors.busy.usualDelay(), await inspectors.idle.usualDelay()]
  for (const client of clients) client.disconnect()
  for (const inspector of Object.values(inspectors)) inspector.close()
  await Promise.all([server.program.stop(), idle.stop()])
  return {
    unwatched: (used - rest) / messages,
    grown,
    one: one / MEASURE_S,
    many: many / MEASURE_S,
    madeForOne: madeForOne / MEASURE_S,
    madeForMany: madeForMany / MEASURE_S,
    delay,
    idleDelay,
  }
}

function watch(server: MeasuredServer) {
  const client = openLiveClient(server.port)
  client.watch({ label: 'beamline', maxFps: VIEWER_FPS, onFrame() {} })
  return client
}

async function madeOf(server: MeasuredServer): Promise<number> {
  return (await Counts.of(server)).sum('belvedere_rendition_made_total')
}

async function messagesOf(server: MeasuredServer): Promise<number> {
  return (await Counts.of(server)).sum('belvedere_instrument_messages_total')
}

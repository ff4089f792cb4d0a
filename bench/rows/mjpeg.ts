import { setTimeout as sleep } from 'node:timers/promises'
import { type Benchmark, type BenchParts, times } from '../lib/figure.ts'
import { Counts } from '../lib/metrics.ts'
import { startNumbered } from '../lib/page-sources.ts'
import { cpuTime, cpuTimeOf } from '../lib/process-figures.ts'
import { Program } from '../lib/program.ts'
import { roomForReaders } from '../lib/readers.ts'
import { HD } from '../lib/scene.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'
import { freePort, type Workshop } from '../lib/workshop.ts'

const FPS = 25
const VIEWERS = 200
/** The rest of them are what a viewer costs: a server that one viewer leaves idle does the same work more slowly. */
const FEWER_VIEWERS = 100
const SECONDS = 8
/** For the pace of the responses, and for the compiler. */
const SETTLE_S = 4
const REACH_MADE = 1.05
const REACH_SENDS = 1.5
/** As sender.c has it. */
const SENDER_HEAD_BYTES = 10

/** What one rendition costs however many watch it, and what a viewer of it costs. */
export const mjpeg: Benchmark = {
  name: 'mjpeg',
  async run({ workshop, rounds }: BenchParts) {
    const room = [...roomForReaders(VIEWERS), '--streaming.max_videos', '1000', '--streaming.videos_per_client', '1000']
    const server = await startBelvedere(workshop, { flags: room })
    await startNumbered(server, { label: 'bench', streams: 1, fps: FPS, size: HD })
    // The first time is for the compiler, and does not count.
    await watched(workshop, server, VIEWERS)
    const one: Watched[] = []
    const fewer: Watched[] = []
    const many: Watched[] = []
    const c: number[] = []
    for (let round = 0; round < rounds; round++) {
      one.push(await watched(workshop, server, 1))
      fewer.push(await watched(workshop, server, FEWER_VIEWERS))
      const crowd = await watched(workshop, server, VIEWERS)
      many.push(crowd)
      c.push(await kernelAlone(workshop, crowd))
    }
    const toOne = (field: 'made' | 'encoding') =>
      ratios(
        many.map((each) => each[field]),
        one.map((each) => each[field]),
      )
    const made = median(toOne('made'))
    const deliveries = many.map(
      (each, i) => (each.rest - (fewer[i]?.rest ?? 0)) / (VIEWERS - FEWER_VIEWERS) / each.rate,
    )
    const all = many.map((each) => each.rest / VIEWERS / each.rate)
    const toC = median(ratios(deliveries, c))
    const rate = (each: readonly Watched[]) => `${median(each.map((watched) => watched.made)).toFixed(1)}/s`
    const each = (watched: readonly Watched[]) =>
      `${(median(watched.map(({ encoding, made }) => encoding / made)) / 1000).toFixed(2)} ms`
    const what = `medium MJPEG of one stream of ${HD.width}×${HD.height} × ${FPS}/s`
    return {
      figures: [
        {
          what: `${what}, ${VIEWERS} viewers: pictures made`,
          yardstick: 'the same with one viewer',
          reach: `≤ ${REACH_MADE} ×`,
          measured: `${times(made)} (${rate(many)} to ${rate(one)}); CPU time of the threads ${times(median(toOne('encoding')))} (${each(many)} to ${each(one)} a picture)`,
          isReached: made <= REACH_MADE,
        },
        {
          what: `${what}, ${VIEWERS} viewers: CPU of the server's other threads for each delivered picture (${(median(many.map(({ bytes }) => bytes)) / 1000).toFixed(0)} KB)`,
          yardstick: 'a C program doing only the `send()` calls',
          reach: `≤ ${REACH_SENDS} ×`,
          measured: `${times(toC)} (${median(deliveries).toFixed(1)} µs to ${median(c).toFixed(1)} µs; ${median(many.map((crowd) => crowd.rate)).toFixed(1)} frames/s); including ingest ${times(median(ratios(all, c)))}`,
          isReached: toC <= REACH_SENDS,
        },
      ],
      raw: { one, fewer, many, c },
    }
  },
}

/** What the server did while MJPEG was watched. CPU times in µs a second. */
interface Watched {
  /** Pictures made a second. */
  readonly made: number
  /** CPU time of the threads that make them. */
  readonly encoding: number
  /** CPU time of all others. */
  readonly rest: number
  /** Pictures a second to each viewer. */
  readonly rate: number
  /** Bytes of each with what surrounds it. */
  readonly bytes: number
}

async function watched(workshop: Workshop, server: MeasuredServer, viewers: number): Promise<Watched> {
  const path = '/streams/bench/camera-1/mjpeg?quality=medium'
  const readers = await startReaders(workshop, { port: server.port, path, viewers })
  const { pid } = server.program
  const [countsBefore, allBefore, encodingBefore] = [
    await Counts.of(server),
    cpuTime(pid),
    cpuTimeOf(pid, RENDITION_THREADS),
  ]
  const began = performance.now()
  await sleep(SECONDS * 1000)
  const seconds = (performance.now() - began) / 1000
  const encoding = cpuTimeOf(pid, RENDITION_THREADS) - encodingBefore
  const rest = cpuTime(pid) - allBefore - encoding
  const counts = await Counts.of(server)
  const received = await readers.result<Received>()
  if (received.closed > 0) throw new Error(`${received.closed} of ${viewers} responses were closed`)
  const grown = (name: string, label = '') => counts.sum(name, label) - countsBefore.sum(name, label)
  const frames = grown('belvedere_frames_out_total', 'dialect="mjpeg"')
  return {
    made: grown('belvedere_rendition_made_total') / seconds,
    encoding: encoding / seconds,
    rest: rest / seconds,
    rate: frames / viewers / seconds,
    bytes: grown('belvedere_bytes_out_total', 'dialect="mjpeg"') / frames,
  }
}

/** CPU time of a send of as many bytes, as often, to as many, µs. */
async function kernelAlone(workshop: Workshop, { bytes, rate }: Watched): Promise<number> {
  const port = await freePort()
  const args = [port, VIEWERS, Math.round(bytes) - SENDER_HEAD_BYTES, rate, SETTLE_S + SECONDS + 2]
  const program = new Program(workshop.program('sender'), args.map(String))
  await program.line(/^listening$/)
  const readers = await startReaders(workshop, { port, path: '/', viewers: VIEWERS })
  const before = cpuTime(program.pid)
  await sleep(SECONDS * 1000)
  const used = cpuTime(program.pid) - before
  const received = await readers.result<Received>()
  await program.stop()
  return used / (received.bytes / bytes)
}

/** What discard.c tells. */
interface Received {
  readonly bytes: number
  readonly closed: number
}

/** @returns when they are about to count */
async function startReaders(
  workshop: Workshop,
  { port, path, viewers }: { port: number; path: string; viewers: number },
): Promise<Program> {
  const args = ['127.0.0.1', port, path, viewers, SETTLE_S, SECONDS]
  const readers = new Program(workshop.program('discard'), args.map(String))
  await readers.line(/^counting$/)
  return readers
}

/** As the server names them. */
const RENDITION_THREADS = 'renditions'

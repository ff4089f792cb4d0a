import { setTimeout as sleep } from 'node:timers/promises'
import { type Benchmark, type BenchParts, times } from '../lib/figure.ts'
import { Counts } from '../lib/metrics.ts'
import { startNumbered } from '../lib/page-sources.ts'
import { cpuTime, cpuTimeOf } from '../lib/process-figures.ts'
import { Program } from '../lib/program.ts'
import { roomForReaders } from '../lib/readers.ts'
import { HD } from '../lib/scene.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { median, ratios, sum } from '../lib/statistics.ts'
import { freePort, type Workshop } from '../lib/workshop.ts'

const FPS = 25
const VIEWERS = 200
/**
 * What the ones beyond those need is what a delivery costs: a server that one viewer leaves idle takes the same frames in more
 * slowly, so one viewer is nothing to subtract.
 */
const MORE_VIEWERS = 400
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
    const room = [
      ...roomForReaders(MORE_VIEWERS),
      '--streaming.max_videos',
      '1000',
      '--streaming.videos_per_client',
      '1000',
    ]
    const server = await startBelvedere(workshop, { flags: room })
    await startNumbered(server, { label: 'bench', streams: 1, fps: FPS, size: HD })
    // The first time is for the compiler, and does not count.
    await watched(workshop, server, VIEWERS)
    const one: Watched[] = []
    const many: Watched[] = []
    const more: Watched[] = []
    const c: number[] = []
    for (let round = 0; round < rounds; round++) {
      one.push(await watched(workshop, server, 1))
      many.push(await watched(workshop, server, VIEWERS))
      const largerCrowd = await watched(workshop, server, MORE_VIEWERS)
      more.push(largerCrowd)
      c.push(await kernelAlone(workshop, largerCrowd, MORE_VIEWERS))
    }
    const toOne = (field: 'made' | 'encoding') =>
      ratios(
        many.map((each) => each[field]),
        one.map((each) => each[field]),
      )
    const made = median(toOne('made'))
    const deliveries = more.map(
      (each, i) => (each.rest - (many[i]?.rest ?? 0)) / (each.delivered - (many[i]?.delivered ?? 0)),
    )
    const all = many.map((each) => each.rest / each.delivered)
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
          measured: `${times(toC)} (${median(deliveries).toFixed(1)} µs to ${median(c).toFixed(1)} µs; ${median(many.map((crowd) => crowd.delivered / VIEWERS)).toFixed(1)} frames/s); including ingest ${times(median(ratios(all, c)))}`,
          isReached: toC <= REACH_SENDS,
        },
      ],
      raw: { one, many, more, c },
    }
  },
}

/** What the server did while MJPEG was watched. CPU times in µs a second. */
interface Watched {
  /** Pictures made a second. */
  readonly made: number
  /** CPU time of the threads that make them. */
  readonly encoding: number
  /** CPU time of all others: the median of single seconds, since a garbage collection in some of them is not what they cost. */
  readonly rest: number
  /** Pictures a second to all viewers. */
  readonly delivered: number
  /** Bytes of each with what surrounds it. */
  readonly bytes: number
}

async function watched(workshop: Workshop, server: MeasuredServer, viewers: number): Promise<Watched> {
  const path = '/streams/bench/camera-1/mjpeg?quality=medium'
  // They stay a little longer than is counted.
  const readers = await startReaders(workshop, { port: server.port, path, viewers, seconds: SECONDS + 1 })
  const { pid } = server.program
  const countsBefore = await Counts.of(server)
  const began = performance.now()
  const each: { encoding: number; rest: number }[] = []
  while (each.length < SECONDS) each.push(await nextSecond(pid))
  const seconds = (performance.now() - began) / 1000
  const counts = await Counts.of(server)
  const received = await readers.result<Received>()
  if (received.closed > 0) throw new Error(`${received.closed} of ${viewers} responses were closed`)
  const grown = (name: string, label = '') => counts.sum(name, label) - countsBefore.sum(name, label)
  const frames = grown('belvedere_frames_out_total', 'dialect="mjpeg"')
  return {
    made: grown('belvedere_rendition_made_total') / seconds,
    encoding: sum(each.map(({ encoding }) => encoding)) / seconds,
    rest: median(each.map(({ rest }) => rest)),
    delivered: frames / seconds,
    bytes: grown('belvedere_bytes_out_total', 'dialect="mjpeg"') / frames,
  }
}

/** CPU time of the threads that make pictures, and of all others, in the next second, µs. */
async function nextSecond(pid: number): Promise<{ encoding: number; rest: number }> {
  const [all, encoding] = [cpuTime(pid), cpuTimeOf(pid, RENDITION_THREADS)]
  const began = performance.now()
  await sleep(1000)
  const seconds = (performance.now() - began) / 1000
  const used = cpuTimeOf(pid, RENDITION_THREADS) - encoding
  return { encoding: used, rest: (cpuTime(pid) - all - used) / seconds }
}

/** CPU time of a send of as many bytes, as often, to as many, µs. */
async function kernelAlone(workshop: Workshop, { bytes, delivered }: Watched, viewers: number): Promise<number> {
  const port = await freePort()
  const args = [port, viewers, Math.round(bytes) - SENDER_HEAD_BYTES, delivered / viewers, SETTLE_S + SECONDS + 2]
  const program = new Program(workshop.program('sender'), args.map(String))
  await program.line(/^listening$/)
  const readers = await startReaders(workshop, { port, path: '/', viewers, seconds: SECONDS })
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
  { port, path, viewers, seconds }: { port: number; path: string; viewers: number; seconds: number },
): Promise<Program> {
  const args = ['127.0.0.1', port, path, viewers, SETTLE_S, seconds]
  const readers = new Program(workshop.program('discard'), args.map(String))
  await readers.line(/^counting$/)
  return readers
}

/** As the server names them. */
const RENDITION_THREADS = 'renditions'

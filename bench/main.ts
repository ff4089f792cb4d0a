/*
 * Measures what docs/benchmarks.md claims.
 *
 *   main.ts [--rounds N] [NAME …]     runs all benchmarks (but those of an hour), or those named, and keeps what they told
 *                                     in results.json
 *   main.ts --markdown                prints the table of docs/benchmarks.md from what was kept
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Benchmark, Outcome } from './lib/figure.ts'
import { killAll, stopAll } from './lib/program.ts'
import { type SourceState, sourceState } from './lib/source-state.ts'
import { markdownTable, textTable } from './lib/table.ts'
import { Workshop } from './lib/workshop.ts'
import { access } from './rows/access.ts'
import { bitshuffle } from './rows/bitshuffle.ts'
import { bsreadDamaged } from './rows/bsread-damaged.ts'
import { camerasDelay } from './rows/cameras-delay.ts'
import { camerasFirst } from './rows/cameras-first.ts'
import { camerasIdle } from './rows/cameras-idle.ts'
import { camerasWall } from './rows/cameras-wall.ts'
import { colourMap } from './rows/colour-map.ts'
import { crowd } from './rows/crowd.ts'
import { demo } from './rows/demo.ts'
import { eventCrowd } from './rows/event-crowd.ts'
import { eventResume } from './rows/event-resume.ts'
import { fairness } from './rows/fairness.ts'
import { fanOut } from './rows/fan-out.ts'
import { firstPulse } from './rows/first-pulse.ts'
import { hostileHour } from './rows/hostile-hour.ts'
import { instrument } from './rows/instrument.ts'
import { memory } from './rows/memory.ts'
import { mjpeg } from './rows/mjpeg.ts'
import { mjpegSlowLink } from './rows/mjpeg-slow-link.ts'
import { pageAge } from './rows/page-age.ts'
import { pageCameraDelay } from './rows/page-camera-delay.ts'
import { pageOpen } from './rows/page-open.ts'
import { pageSoak } from './rows/page-soak.ts'
import { pageWall } from './rows/page-wall.ts'
import { pageWallWidths } from './rows/page-wall-widths.ts'
import { postEvents } from './rows/post-events.ts'
import { postFrames } from './rows/post-frames.ts'
import { publishSocket } from './rows/publish-socket.ts'
import { rawNative } from './rows/raw-native.ts'
import { rawU8 } from './rows/raw-u8.ts'
import { redisCost } from './rows/redis-cost.ts'
import { redisFanOut } from './rows/redis-fan-out.ts'
import { redisIdleStreams } from './rows/redis-idle-streams.ts'
import { redisTwoNodes } from './rows/redis-two-nodes.ts'
import { renditionDelay } from './rows/rendition-delay.ts'
import { renditionMemory } from './rows/rendition-memory.ts'
import { scaleJpeg } from './rows/scale-jpeg.ts'
import { slowLink } from './rows/slow-link.ts'
import { socketIoCrowd } from './rows/socket-io-crowd.ts'
import { socketIoResume } from './rows/socket-io-resume.ts'
import { stall } from './rows/stall.ts'
import { start } from './rows/start.ts'
import { zmtpReceive } from './rows/zmtp-receive.ts'

/** In the order of the table. */
const BENCHMARKS: readonly Benchmark[] = [
  fanOut,
  slowLink,
  mjpegSlowLink,
  fairness,
  stall,
  crowd,
  postFrames,
  postEvents,
  publishSocket,
  access,
  eventCrowd,
  eventResume,
  socketIoCrowd,
  socketIoResume,
  scaleJpeg,
  colourMap,
  mjpeg,
  renditionDelay,
  renditionMemory,
  bitshuffle,
  redisFanOut,
  redisTwoNodes,
  redisCost,
  redisIdleStreams,
  bsreadDamaged,
  zmtpReceive,
  instrument,
  firstPulse,
  rawU8,
  rawNative,
  camerasIdle,
  camerasWall,
  camerasFirst,
  camerasDelay,
  hostileHour,
  memory,
  demo,
  start,
  pageWall,
  pageWallWidths,
  pageAge,
  pageCameraDelay,
  pageOpen,
  pageSoak,
]

const RESULTS = join(import.meta.dirname, 'results.json')

/** No benchmark takes longer unless it says so or something hangs. */
const MOST_MINUTES = 5

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { markdown: { type: 'boolean' }, rounds: { type: 'string', default: '5' } },
})
process.exitCode = values.markdown ? printMarkdown() : await measure(positionals, Number(values.rounds))

async function measure(names: readonly string[], rounds: number): Promise<number> {
  const known = BENCHMARKS.map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
    console.error(`Usage: main.ts [--markdown] [--rounds N] [NAME …], the names being ${known.join(', ')}`)
    return 2
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  process.on('exit', killAll)
  let code = 0
  using workshop = new Workshop()
  for (const benchmark of BENCHMARKS) {
    if (names.length > 0 ? !names.includes(benchmark.name) : benchmark.isOnlyByName) continue
    const begin = performance.now()
    try {
      const source = sourceState(benchmark)
      const outcome = await inTime(benchmark.run({ workshop, rounds }), benchmark.mostMinutes ?? MOST_MINUTES)
      const seconds = ((performance.now() - begin) / 1000).toFixed(0)
      console.log(`\n${benchmark.name} (${seconds} s)\n${textTable(outcome.figures)}`)
      // Servers are started all along: figures of two versions at once are figures of none.
      if (sourceState(benchmark).hash !== source.hash)
        throw new Error('the source was changed while it was measured: these figures are not kept')
      keep(benchmark.name, outcome, source)
      if (outcome.figures.some(({ isReached }) => isReached === false)) code = 1
    } catch (error) {
      console.error(`\n${benchmark.name}:`, error)
      code = 1
    } finally {
      await stopAll()
    }
  }
  return code
}

function printMarkdown(): number {
  const { outcomes } = kept()
  console.log(markdownTable(BENCHMARKS.flatMap(({ name }) => outcomes[name]?.figures ?? [])))
  const missing = BENCHMARKS.filter(({ name }) => !outcomes[name]).map(({ name }) => name)
  if (missing.length > 0) console.error(`Not measured yet: ${missing.join(', ')}`)
  // The page is more than the server: each has its own hash.
  const groups = [BENCHMARKS.filter(({ isOfPage }) => !isOfPage), BENCHMARKS.filter(({ isOfPage }) => isOfPage)]
  const versions = groups.map((group) => new Set(group.map(({ name }) => outcomes[name]?.source?.hash)).size)
  const most = Math.max(...versions)
  if (most > 1) console.error(`These figures are of ${most} versions of the source: run all again.`)
  return missing.length === 0 && most === 1 ? 0 : 1
}

/** What was measured last, by the name of the benchmark. */
interface Results {
  machine?: object
  outcomes: Record<string, Outcome & { readonly measuredAt: string; readonly source?: SourceState }>
}

function kept(): Results {
  return existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : { outcomes: {} }
}

function keep(name: string, outcome: Outcome, source: SourceState): void {
  const results = kept()
  results.machine = { node: process.version, kernel: release(), cores: cpus().length, model: cpus()[0]?.model }
  results.outcomes[name] = { measuredAt: new Date().toISOString(), source, ...outcome }
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`)
}

async function inTime<T>(work: Promise<T>, minutes: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not end within ${minutes} min`)), minutes * 60_000)
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(timer)
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { numberedLayout } from '../lib/block-code.ts'
import { closePage, MeasuredBrowser } from '../lib/chromium.ts'
import type { Benchmark } from '../lib/figure.ts'
import { Counts } from '../lib/metrics.ts'
import { startNumbered } from '../lib/page-sources.ts'
import { percent, type Work, work, workOf } from '../lib/page-work.ts'
import { cpuTime, cpuTimeOf } from '../lib/process-figures.ts'
import { HD } from '../lib/scene.ts'
import { startBelvedere } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'
import { openWall } from '../lib/wall-page.ts'
import type { Workshop } from '../lib/workshop.ts'

const STREAMS = 16
const FPS = 10
const ROUNDS = 3
const SETTLE_S = 5
const MEASURE_S = 12
const REACH_BYTES = 0.25

/** A full wall of large pictures: what it saves that tiles get pictures of their size, and what making them costs. */
export const pageWallWidths: Benchmark = {
  name: 'page-wall-widths',
  isOfPage: true,
  async run({ workshop, rounds }) {
    await using browser = await MeasuredBrowser.launch()
    const small: Wall[] = []
    const originals: Wall[] = []
    for (let round = 0; round < Math.min(rounds, ROUNDS); round++) {
      small.push(await measureWall(workshop, browser, []))
      originals.push(await measureWall(workshop, browser, ['--renditions.max', '0']))
    }
    const toOriginals = (value: (wall: Wall) => number) => median(ratios(small.map(value), originals.map(value)))
    // Of each frame: a busy machine shows fewer, and not as few of both.
    const bytes = toOriginals((wall) => wall.bytes / wall.frames)
    const busy = toOriginals((wall) => wall.busy / wall.frames)
    const of = (walls: readonly Wall[], field: 'bytes' | 'frames' | 'server' | 'threads') =>
      median(walls.map((wall) => wall[field]))
    const wire = (walls: readonly Wall[]) =>
      `${(of(walls, 'bytes') / 1e6).toFixed(2)} MB/s, ${(of(walls, 'frames') / STREAMS).toFixed(1)} frames/s a tile`
    const what = `wall of ${STREAMS} tiles of ${HD.width}×${HD.height} × ${FPS}/s`
    const yardstick = 'the same wall with the originals'
    return {
      figures: [
        {
          what: `${what}: bytes over the wire for each frame`,
          yardstick,
          reach: `≤ ${100 * REACH_BYTES} %`,
          measured: `${percent(bytes)} (${wire(small)}; originals ${wire(originals)})`,
          isReached: bytes <= REACH_BYTES,
        },
        {
          what: `${what}: main thread busy for each frame`,
          yardstick,
          reach: '< 100 %',
          measured: `${percent(busy)} (${work(small)}; originals ${work(originals)})`,
          isReached: busy < 1,
        },
        {
          what: `${what}: server CPU`,
          yardstick,
          reach: '–',
          measured: `${of(small, 'server').toFixed(2)} cores, ${of(small, 'threads').toFixed(2)} of it to make pictures; originals ${of(originals, 'server').toFixed(2)} cores`,
        },
      ],
      raw: { browser: browser.version, small, originals },
    }
  },
}

/** What a wall costs: the page, and of the server, a second: */
interface Wall extends Work {
  /** Bytes and frames that it sent. */
  readonly bytes: number
  readonly frames: number
  /** CPU time in cores: all, and of the threads that make renditions. */
  readonly server: number
  readonly threads: number
}

async function measureWall(workshop: Workshop, browser: MeasuredBrowser, flags: readonly string[]): Promise<Wall> {
  const server = await startBelvedere(workshop, { flags })
  const source = await startNumbered(server, { label: 'bench', streams: STREAMS, fps: FPS, size: HD })
  const page = await browser.newPage(numberedLayout(HD.width, HD.height))
  await openWall(page, server.port, STREAMS)
  await sleep(SETTLE_S * 1000)
  const { pid } = server.program
  const before = { at: performance.now(), counts: await Counts.of(server), all: cpuTime(pid), threads: threadsOf(pid) }
  const cost = await workOf(browser, page, MEASURE_S)
  const after = { at: performance.now(), counts: await Counts.of(server), all: cpuTime(pid), threads: threadsOf(pid) }
  await closePage(page)
  await source.stop()
  await server.program.stop()
  const seconds = (after.at - before.at) / 1000
  const perSecond = (name: string) =>
    (after.counts.sum(name, 'dialect="live"') - before.counts.sum(name, 'dialect="live"')) / seconds
  return {
    ...cost,
    bytes: perSecond('belvedere_bytes_out_total'),
    frames: perSecond('belvedere_frames_out_total'),
    server: (after.all - before.all) / 1e6 / seconds,
    threads: (after.threads - before.threads) / 1e6 / seconds,
  }
}

function threadsOf(pid: number): number {
  return cpuTimeOf(pid, 'renditions')
}

import { appendFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { NUMBERED } from '../lib/block-code.ts'
import { closePage, MeasuredBrowser } from '../lib/chromium.ts'
import type { Benchmark, Figure } from '../lib/figure.ts'
import { Counts } from '../lib/metrics.ts'
import { type Heap, PageInspector } from '../lib/page-inspector.ts'
import { startNumbered } from '../lib/page-sources.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { slope } from '../lib/statistics.ts'
import { openWall, untilLarge, untilWall } from '../lib/wall-page.ts'

const STREAMS = 9
const FPS = 10
const MINUTES = Number(process.env.BENCH_SOAK_MINUTES ?? 60)
const CHANGES = Number(process.env.BENCH_SOAK_CHANGES ?? 200)
/** In which caches fill: no part of the fit. */
const WARM_UP_S = Math.min(5 * 60, (MINUTES * 60) / 4)
const SAMPLE_EVERY_S = Math.min(60, (MINUTES * 60) / 12)
const CHANGES_BETWEEN_SAMPLES = 20
const REACH_MB_PER_HOUR = 2
const REACH_GROWTH = 0.1
/** Of the second half of the changes: in the first, V8 still compiles what is used often, and code is part of the heap. */
const REACH_GROWTH_BY_CHANGES = 0.05

/** What the page holds at one moment, after its garbage was collected. */
interface Sample {
  /** Seconds since the wall was there. */
  readonly at: number
  /** Between wall and watch page, so far. */
  readonly changes: number
  readonly page: Heap
  readonly worker: Heap
  readonly nodes: number
  readonly listeners: number
  readonly workers: number
  readonly canvases: number
  /** At the server, the publisher's among them. */
  readonly sockets: number
  /** Memory in RAM, bytes: of the process that renders the page, and of all of the browser. */
  readonly renderer: number
  readonly all: number
}

/** What is left behind by a wall that is looked at for long, and by going to and fro between it and the watch page. */
export const pageSoak: Benchmark = {
  name: 'page-soak',
  isOfPage: true,
  isOnlyByName: true,
  mostMinutes: MINUTES + 30,
  async run({ workshop }) {
    const server = await startBelvedere(workshop)
    await startNumbered(server, { label: 'bench', streams: STREAMS, fps: FPS })
    await using browser = await MeasuredBrowser.launch()
    const page = await browser.newPage(NUMBERED)
    await openWall(page, server.port, STREAMS)
    // All code is there before the first figure is taken, also should the page be built anew meanwhile.
    await change(page, 0)

    const samples: Sample[] = []
    const file = join(tmpdir(), `belvedere-soak-${process.pid}.jsonl`)
    console.log(`page-soak: ${MINUTES} min, then ${CHANGES} changes; its samples are in ${file}`)
    const inspector = await PageInspector.attach(page)
    const begin = performance.now()
    const take = async (changes: number) => {
      const at = (performance.now() - begin) / 1000
      const sample = { at, changes, ...(await look({ page, inspector, server })), ...(await browser.resident()) }
      appendFileSync(file, `${JSON.stringify(sample)}\n`)
      samples.push(sample)
    }

    for (let i = 0; i <= (MINUTES * 60) / SAMPLE_EVERY_S; i++) {
      await sleep(Math.max(0, begin + i * SAMPLE_EVERY_S * 1000 - performance.now()))
      await take(0)
    }
    for (let changes = 1; changes <= CHANGES; changes++) {
      await change(page, changes)
      if (changes % CHANGES_BETWEEN_SAMPLES === 0) await take(changes)
    }
    await closePage(page)
    return { figures: figuresOf(samples), raw: { browser: browser.version, samples } }
  },
}

/** From the wall to one of its cameras and back, as a user goes, each time until there is a picture. */
async function change(page: Page, n: number): Promise<void> {
  await page
    .locator('a[data-kind]')
    .nth(n % STREAMS)
    .click()
  await untilLarge(page)
  await page.keyboard.press('Escape')
  await untilWall(page, STREAMS)
}

async function look({ page, inspector, server }: { page: Page; inspector: PageInspector; server: MeasuredServer }) {
  const heaps = await inspector.heaps()
  const { Nodes: nodes, JSEventListeners: listeners } = await inspector.metrics()
  const canvases = await page.locator('canvas').count()
  const sockets = (await Counts.of(server)).sum('belvedere_sockets')
  return { ...heaps, nodes, listeners, workers: page.workers().length, canvases, sockets }
}

function figuresOf(samples: readonly Sample[]): Figure[] {
  const looking = samples.filter(({ at, changes }) => changes === 0 && at >= WARM_UP_S)
  const [before, after] = [looking.at(-1), samples.at(-1)]
  if (!before || !after) return []
  const changing = samples.filter(({ changes }) => changes > 0)
  return [
    ...(['page', 'worker'] as const).map((which) => flatness(looking, which)),
    ...(['page', 'worker'] as const).map((which) => growthByChanges(changing, which)),
    {
      what: `left behind by ${after.changes} changes between wall and watch page`,
      yardstick: '–',
      reach: 'one socket, one worker',
      // The publisher has a socket as well.
      measured: `${after.sockets - 1} socket, ${after.workers} worker, ${after.canvases} canvases; nodes ${before.nodes} → ${after.nodes}, listeners ${before.listeners} → ${after.listeners}`,
      isReached: after.sockets === 2 && after.workers === 1 && after.canvases === STREAMS,
    },
  ]
}

function flatness(looking: readonly Sample[], which: 'page' | 'worker'): Figure {
  const megabytes = looking.map((sample) => sample[which].used / 1e6)
  const [first = Number.NaN, last = Number.NaN] = [megabytes[0], megabytes.at(-1)]
  const perHour = 3600 * slope(looking.map(({ at }, i) => [at, megabytes[i] ?? Number.NaN]))
  const renderer = looking.map((sample) => (sample.renderer / 1e6).toFixed(0))
  const resident = which === 'page' ? `; renderer ${renderer[0]} → ${renderer.at(-1)} MB resident` : ''
  return {
    what: `heap of the ${which}, wall of ${STREAMS} × ${FPS}/s for ${MINUTES} min`,
    yardstick: '–',
    reach: `≤ ${REACH_MB_PER_HOUR} MB an hour by the fit, last ≤ first + 10 %`,
    measured: `${perHour.toFixed(2)} MB an hour (${first.toFixed(2)} → ${last.toFixed(2)} MB)${resident}`,
    isReached: perHour <= REACH_MB_PER_HOUR && last <= first * (1 + REACH_GROWTH),
  }
}

function growthByChanges(changing: readonly Sample[], which: 'page' | 'worker'): Figure {
  const later = changing.filter(({ changes }) => changes >= CHANGES / 2)
  const [first, from, to] = [changing[0], later[0], later.at(-1)]
  const growth = from && to ? to[which].used / from[which].used - 1 : Number.NaN
  const megabytes = (sample: Sample | undefined) => ((sample?.[which].used ?? Number.NaN) / 1e6).toFixed(2)
  return {
    what: `heap of the ${which}, from ${from?.changes} to ${to?.changes} changes between wall and watch page`,
    yardstick: '–',
    reach: `≤ + ${100 * REACH_GROWTH_BY_CHANGES} %`,
    measured: `${(100 * growth).toFixed(1)} % (${megabytes(from)} → ${megabytes(to)} MB; ${megabytes(first)} after ${first?.changes})`,
    isReached: growth <= REACH_GROWTH_BY_CHANGES,
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { NUMBERED, NUMBERS } from '../lib/block-code.ts'
import { closePage, MeasuredBrowser } from '../lib/chromium.ts'
import type { Benchmark } from '../lib/figure.ts'
import { Counts } from '../lib/metrics.ts'
import { startNumbered } from '../lib/page-sources.ts'
import { percent, type Work, work, workOf } from '../lib/page-work.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { median, sum } from '../lib/statistics.ts'
import { openWall } from '../lib/wall-page.ts'
import { showImages } from '../yardsticks/images.ts'

const STREAMS = 16
const FPS = 10
const ROUNDS = 3
const SETTLE_S = 5
const MEASURE_S = 15
/** Tiles that are read in each animation frame: reading all would be most of what the main thread does. */
const READ_AT_ONCE = 2
const READ_MS = 2000
const REACH_SHOWN = 0.95
const REACH_BUSY = 0.5

/** A full wall: whether every frame is seen, and how much of the main thread that takes. */
export const pageWall: Benchmark = {
  name: 'page-wall',
  isOfPage: true,
  async run({ workshop, rounds }) {
    const server = await startBelvedere(workshop)
    await startNumbered(server, { label: 'bench', streams: STREAMS, fps: FPS })
    await using browser = await MeasuredBrowser.launch()
    const walls: (Work & Shown)[] = []
    const images: (Work & { readonly loaded: number })[] = []
    for (let round = 0; round < Math.min(rounds, ROUNDS); round++) {
      walls.push(await ours(browser, server))
      images.push(await theirs(browser, server))
    }
    const busy = median(walls.map((wall) => wall.busy))
    const shown = median(walls.map((wall) => wall.shown))
    const wall = `wall of ${STREAMS} tiles of 640×480 × ${FPS}/s`
    const yardstick = 'an `<img>` a stream, given a blob for each message'
    return {
      figures: [
        {
          what: `${wall}: frames seen on the screen`,
          yardstick: '–',
          reach: `≥ ${100 * REACH_SHOWN} %`,
          measured: `${percent(shown)} (of ${median(walls.map((each) => each.fps)).toFixed(1)}/s a stream; ${percent(median(walls.map((each) => each.delivered)))} delivered)`,
          isReached: shown >= REACH_SHOWN,
        },
        {
          what: `${wall}: main thread busy`,
          yardstick,
          reach: `< ${100 * REACH_BUSY} %`,
          measured: `${work(walls)}; the baseline ${work(images)} at ${median(images.map(({ loaded }) => loaded)).toFixed(1)} frames/s`,
          isReached: busy < REACH_BUSY,
        },
      ],
      raw: { browser: browser.version, walls, images },
    }
  },
}

/** What was seen of what was published. */
interface Shown {
  /** Share of the frames published that were on the screen. */
  readonly shown: number
  /** Frames published a second and stream. */
  readonly fps: number
  /** Share of the frames published that the server sent to the page. */
  readonly delivered: number
  /** Of each tile, in the wall's order. */
  readonly tiles: readonly Tile[]
}

/** What was seen on one tile while it was looked at. */
interface Tile {
  readonly published: number
  readonly seen: number
  readonly seconds: number
}

async function ours(browser: MeasuredBrowser, server: MeasuredServer): Promise<Work & Shown> {
  const page = await browser.newPage(NUMBERED)
  await openWall(page, server.port, STREAMS)
  const inView = await page.evaluate(countInView)
  if (inView !== STREAMS) throw new Error(`${inView} of ${STREAMS} tiles are in view`)
  await sleep(SETTLE_S * 1000)
  const cost = await workOf(browser, page, MEASURE_S)
  const before = await Counts.of(server)
  const tiles = await readTiles(page)
  const after = await Counts.of(server)
  await closePage(page)
  const grown = (name: string, label: string) => after.sum(name, label) - before.sum(name, label)
  const of = (field: keyof Tile) => sum(tiles.map((tile) => tile[field]))
  return {
    ...cost,
    shown: of('seen') / of('published'),
    fps: of('published') / of('seconds'),
    delivered: grown('belvedere_frames_out_total', 'dialect="live"') / grown('belvedere_frames_in_total', ''),
    tiles,
  }
}

async function theirs(browser: MeasuredBrowser, server: MeasuredServer): Promise<Work & { readonly loaded: number }> {
  const page = await browser.newPage(NUMBERED)
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
  // Whatever the server answers with, to be at its address.
  await page.goto(`http://127.0.0.1:${server.port}/healthz`)
  await page.evaluate(showImages, { path: '/ws/labels/bench', columns: 5, width: 284 })
  await sleep(SETTLE_S * 1000)
  const count = () => page.evaluate(() => window.loaded)
  const before = await count()
  const cost = await workOf(browser, page, MEASURE_S)
  const loaded = ((await count()) - before) / MEASURE_S
  await closePage(page)
  return { ...cost, loaded }
}

/** Looks at some tiles at a time, in each animation frame, until all had their turn. */
async function readTiles(page: Page): Promise<Tile[]> {
  const tiles: Tile[] = []
  for (let first = 0; first < STREAMS; first += READ_AT_ONCE) {
    const numbers = await page.evaluate(readNumbers, { first, count: READ_AT_ONCE, ms: READ_MS })
    tiles.push(...numbers.map(tileOf))
  }
  return tiles
}

/** Runs in the page. @returns of each tile the numbers seen one after the other, and when, in ms */
async function readNumbers({ first, count, ms }: { first: number; count: number; ms: number }) {
  const { bench } = window
  const tiles = bench.tiles().slice(first, first + count)
  const numbers = tiles.map((): { number: number; at: number }[] => [])
  const end = performance.now() + ms
  for (let at = await bench.nextFrame(); at < end; at = await bench.nextFrame()) {
    for (const [i, tile] of tiles.entries()) {
      const number = bench.codeOf(tile)
      if (number !== undefined && number !== numbers[i]?.at(-1)?.number) numbers[i]?.push({ number, at })
    }
  }
  return numbers
}

/** Of the numbers from the first seen to the last, how many were seen. */
function tileOf(numbers: readonly { number: number; at: number }[]): Tile {
  let published = 0
  for (const [i, { number }] of numbers.entries()) {
    const before = numbers[i - 1]
    if (before) published += (number - before.number + NUMBERS) % NUMBERS
  }
  const seconds = ((numbers.at(-1)?.at ?? 0) - (numbers[0]?.at ?? 0)) / 1000
  return { published, seen: Math.max(0, numbers.length - 1), seconds }
}

/** Runs in the page. @returns how many tiles are in the window as far down as to their middle, in which the number is */
function countInView(): number {
  const isInView = (canvas: HTMLCanvasElement) => {
    const { top, bottom, left, right } = canvas.getBoundingClientRect()
    return top >= 0 && left >= 0 && right <= innerWidth && (top + 3 * bottom) / 4 <= innerHeight
  }
  return window.bench.tiles().filter(isInView).length
}

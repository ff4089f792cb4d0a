import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { type Sample, summary, type Told, told } from '../lib/ages.ts'
import { CLOCK } from '../lib/block-code.ts'
import { closePage, MeasuredBrowser } from '../lib/chromium.ts'
import type { Benchmark, Figure } from '../lib/figure.ts'
import { type DrawnClock, startClock } from '../lib/page-sources.ts'
import { type ScreenPicture, watchScreen } from '../lib/screencast.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { openWall, untilLarge } from '../lib/wall-page.ts'

const LABEL = 'bench'
const KEY = 'clock'
const FPS = 10
const SETTLE_S = 2
const MEASURE_S = 8
const REACH_AGE_MS = 20
const REACH_SCREEN_MS = 60

/** Whether the age that is told of a picture is its age, and how old a picture is when it gets on the screen. */
export const pageAge: Benchmark = {
  name: 'page-age',
  isOfPage: true,
  async run({ workshop, rounds }) {
    const server = await startBelvedere(workshop)
    const source = await startClock(server, { label: LABEL, key: KEY, fps: FPS })
    await using browser = await MeasuredBrowser.launch()
    const large: Sample[][] = []
    const tile: Sample[][] = []
    // Each page finds out by itself what the server's clock shows.
    for (let round = 0; round < rounds; round++) {
      large.push(await measure(browser, server, openLarge))
      tile.push(await measure(browser, server, openTile))
    }
    const screen = await lookAtScreen(browser, server)
    await source.stop()
    const { pictures } = await source.result<DrawnClock>()
    const sentAt = new Map(pictures)
    const [onLarge, onTile] = [told(large, sentAt), told(tile, sentAt)]
    const firsts = screen.pictures.filter(({ drawn }, i) => i > 0 && screen.pictures[i - 1]?.drawn !== drawn)
    const seen = summary(firsts.map(({ at, drawn }) => at - (sentAt.get(drawn) ?? Number.NaN)))
    return {
      figures: [
        ageFigure('watch page, in hundredths', onLarge, REACH_AGE_MS),
        // Rounded by up to 50 ms, and told by another thread than the picture is drawn by: to compare with.
        ageFigure('tile of the wall, in tenths', onTile),
        screenFigure('watch page', onLarge),
        screenFigure('tile of the wall', onTile),
        {
          what: 'the same, in what Chromium took from its own screen (screencast), watch page',
          yardstick: '–',
          reach: '–',
          measured: `p95 ${ms(seen.p95)} (median ${ms(seen.p50)}, of ${firsts.length}); ${screen.agreeing} of its ${screen.compared} shots showed the picture that the page read from itself then`,
        },
      ],
      raw: { browser: browser.version, onLarge, onTile, screen },
    }
  },
}

async function measure(
  browser: MeasuredBrowser,
  server: MeasuredServer,
  open: (page: Page, server: MeasuredServer) => Promise<string>,
): Promise<Sample[]> {
  const page = await browser.newPage(CLOCK)
  const selector = await open(page, server)
  await sleep(SETTLE_S * 1000)
  const samples = await page.evaluate(readAges, { selector, ms: MEASURE_S * 1000 })
  await closePage(page)
  return samples
}

/** @returns where the age is told */
async function openLarge(page: Page, { port }: MeasuredServer): Promise<string> {
  await page.goto(`http://127.0.0.1:${port}/watch/${LABEL}/${KEY}`)
  await untilLarge(page)
  return '[data-testid=age]'
}

async function openTile(page: Page, { port }: MeasuredServer): Promise<string> {
  await openWall(page, port, 1)
  return '[data-part=age]'
}

/** Runs in the page: reads picture and age in each animation frame, behind the page's own work for that frame. */
async function readAges({ selector, ms }: { selector: string; ms: number }): Promise<Sample[]> {
  const { bench } = window
  const samples: Sample[] = []
  const end = performance.now() + ms
  const text = document.querySelector(selector)
  while ((await bench.nextFrame()) < end) {
    const [tile] = bench.tiles()
    const drawn = tile ? bench.codeOf(tile) : bench.largeCode()
    const [, seconds] = /^(\d+\.\d+) s$/.exec(text?.textContent ?? '') ?? []
    if (drawn !== undefined && seconds !== undefined)
      samples.push({ now: Date.now(), drawn, age: Math.round(Number(seconds) * 1000) })
  }
  return samples
}

/** Whether what the page reads from itself is what is on the screen. */
interface Screen {
  readonly pictures: readonly ScreenPicture[]
  readonly compared: number
  readonly agreeing: number
}

async function lookAtScreen(browser: MeasuredBrowser, server: MeasuredServer): Promise<Screen> {
  const page = await browser.newPage(CLOCK)
  const selector = await openLarge(page, server)
  await sleep(SETTLE_S * 1000)
  const pictures: ScreenPicture[] = []
  const stop = await watchScreen(page, 'section[data-kind] canvas', (picture) => pictures.push(picture))
  const samples = await page.evaluate(readAges, { selector, ms: MEASURE_S * 1000 })
  await stop()
  await closePage(page)
  const [first, last] = [samples[0]?.now ?? 0, samples.at(-1)?.now ?? 0]
  const during = pictures.filter(({ at }) => at >= first && at <= last)
  const agreeing = during.filter(({ at, drawn }) => isReadAround(samples, at, drawn))
  return { pictures, compared: during.length, agreeing: agreeing.length }
}

/** Whether the page had that picture in its last frame before `at`, or in one of the two before that. */
function isReadAround(samples: readonly Sample[], at: number, drawn: number): boolean {
  const i = samples.findLastIndex(({ now }) => now <= at)
  return samples.slice(Math.max(0, i - 2), i + 1).some((sample) => sample.drawn === drawn)
}

function ageFigure(where: string, { samples, error, errorSinceSent }: Told, reach?: number): Figure {
  return {
    what: `age shown on the ${where}, against a clock drawn in the picture: off by`,
    yardstick: '–',
    reach: reach === undefined ? '–' : `p95 ≤ ${reach} ms`,
    measured: `p95 ${ms(error.p95)} (median ${ms(error.p50)}, at most ${ms(error.max)}, of ${samples}); without drawing and encoding p95 ${ms(errorSinceSent.p95)}`,
    ...(reach !== undefined && { isReached: error.p95 <= reach }),
  }
}

function screenFigure(where: string, { screen, screenSinceSent, encoding }: Told): Figure {
  return {
    what: `publish → picture on the screen, ${where}`,
    yardstick: '–',
    reach: `p95 ≤ ${REACH_SCREEN_MS} ms`,
    measured: `p95 ${ms(screenSinceSent.p95)} (median ${ms(screenSinceSent.p50)}, at most ${ms(screenSinceSent.max)}); from the clock drawn p95 ${ms(screen.p95)}, of which drawing and encoding ${ms(encoding.p50)}`,
    isReached: screenSinceSent.p95 <= REACH_SCREEN_MS,
  }
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`
}

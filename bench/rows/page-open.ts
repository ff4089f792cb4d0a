import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { NUMBERED } from '../lib/block-code.ts'
import { closePage, MeasuredBrowser } from '../lib/chromium.ts'
import type { Benchmark } from '../lib/figure.ts'
import { startNumbered } from '../lib/page-sources.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { median, sum } from '../lib/statistics.ts'

const STREAMS = 4
const FPS = 10
const ROUNDS = 5
/** In which whatever the wall still fetches once it is there has come. */
const SETTLE_MS = 1500
const REACH_MS = 1000
const REACH_BYTES = 350_000

/** How long it takes from opening the page to the first picture, and what has to come over the wire for that. */
export const pageOpen: Benchmark = {
  name: 'page-open',
  isOfPage: true,
  async run({ workshop }) {
    const server = await startBelvedere(workshop)
    await startNumbered(server, { label: 'bench', streams: STREAMS, fps: FPS })
    await using browser = await MeasuredBrowser.launch()
    // The browser and the server have done all of it once.
    await openOnce(browser, server)
    const openings: Opening[] = []
    for (let round = 0; round < ROUNDS; round++) openings.push(await openOnce(browser, server))
    const [first, all] = [openings.map((opening) => opening.first), openings.map((opening) => opening.all)]
    const scripts = Math.max(...openings.map((opening) => bytesOf(opening.fetched.filter(({ isScript }) => isScript))))
    const everything = Math.max(...openings.map((opening) => bytesOf(opening.fetched)))
    return {
      figures: [
        {
          what: 'from opening `/` to the first live picture, empty cache, warm server',
          yardstick: '–',
          reach: `≤ ${REACH_MS / 1000} s`,
          measured: `${seconds(median(first))} (at most ${seconds(Math.max(...first))}; all ${STREAMS} tiles ${seconds(median(all))})`,
          isReached: Math.max(...first) <= REACH_MS,
        },
        {
          what: 'scripts of the wall over the wire, the worker’s among them',
          yardstick: '–',
          reach: `≤ ${REACH_BYTES / 1000} KB`,
          measured: `${kilobytes(scripts)} (all that is fetched: ${kilobytes(everything)})`,
          isReached: scripts <= REACH_BYTES,
        },
      ],
      raw: { browser: browser.version, openings },
    }
  },
}

interface Opening {
  /** From the start of the navigation, ms: until a tile says that it is live and has a picture; until each does. */
  readonly first: number
  readonly all: number
  readonly fetched: readonly Fetched[]
}

interface Fetched {
  readonly url: string
  readonly isScript: boolean
  /** Over the wire, with the answer's head. */
  readonly bytes: number
}

async function openOnce(browser: MeasuredBrowser, server: MeasuredServer): Promise<Opening> {
  const page = await browser.newPage(NUMBERED)
  const fetched: Fetched[] = []
  await noteFetched(page, fetched)
  await page.goto(`http://127.0.0.1:${server.port}/`, { waitUntil: 'commit' })
  const times = await page.evaluate(timesOfPictures, STREAMS)
  await sleep(SETTLE_MS)
  const more = await page.evaluate(fetchedByPage)
  await closePage(page)
  // The worker's script is not told of with the page's own.
  const ofWorker = more.filter(({ url }) => !fetched.some((known) => known.url === url))
  if (ofWorker.length === 0) throw new Error('the worker was not seen to be fetched')
  return { ...times, fetched: [...fetched, ...ofWorker] }
}

/** Runs in the page. @returns when one, and when so many tiles were live, ms from the start of the navigation */
async function timesOfPictures(tiles: number): Promise<{ first: number; all: number }> {
  const { bench } = window
  let first: number | undefined
  for (;;) {
    await bench.nextFrame()
    // Its number is read: it is the picture, and no empty canvas.
    const live = bench.tiles().filter((tile) => tile.closest('[data-kind=live]') && bench.codeOf(tile) !== undefined)
    const now = performance.now()
    if (live.length > 0) first ??= now
    if (first !== undefined && live.length === tiles) return { first, all: now }
  }
}

/** Runs in the page. @returns what was fetched for it as the page knows it: its worker is among that */
function fetchedByPage(): Fetched[] {
  return performance.getEntriesByType('resource').flatMap((entry) => {
    if (!(entry instanceof PerformanceResourceTiming)) return []
    return [{ url: entry.name, isScript: entry.name.endsWith('.js'), bytes: entry.transferSize }]
  })
}

/** Notes what the page fetches from now on. */
async function noteFetched(page: Page, fetched: Fetched[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const known = new Map<string, { url: string; isScript: boolean }>()
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    const isScript = type === 'Script' || /javascript/.test(response.mimeType)
    known.set(requestId, { url: response.url, isScript })
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const request = known.get(requestId)
    if (request) fetched.push({ ...request, bytes: encodedDataLength })
  })
  await session.send('Network.enable')
}

function bytesOf(fetched: readonly Fetched[]): number {
  return sum(fetched.map(({ bytes }) => bytes))
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} KB`
}

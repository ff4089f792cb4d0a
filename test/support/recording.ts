import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { numberOf } from './colours.ts'
import type { Source } from './source.ts'

/** What the first tile showed at one moment. */
export interface Sight {
  /** ms since 1970. */
  readonly at: number
  /** The tile's liveness: live, late … */
  readonly kind: string
  /** The number of the Source's picture. */
  readonly n: number
}

/** A recording of the first tile of the wall: every frame that the browser rendered. */
export class Recording {
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  /** Starts recording once the first tile shows a picture. */
  static async start(page: Page): Promise<Recording> {
    await page.evaluate(() => {
      globalThis.sights = []
      const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
      const look = () => {
        requestAnimationFrame(look)
        const tile = document.querySelector('main li > a[data-kind]')
        const canvas = tile?.querySelector('canvas')
        if (!copy || !tile || !canvas || canvas.width === 0) return
        copy.drawImage(canvas, canvas.width >> 1, canvas.height >> 1, 1, 1, 0, 0, 1, 1)
        const pixel = [...copy.getImageData(0, 0, 1, 1).data]
        // Until its first picture is on the screen, a moment after it was drawn, a canvas shows none: that is no older one.
        if (pixel[3] === 0) return
        globalThis.sights.push({ at: Date.now(), kind: tile.getAttribute('data-kind') ?? '', pixel })
      }
      look()
    })
    return new Recording(page)
  }

  /** Everything recorded so far. */
  async sights(): Promise<Sight[]> {
    const seen = await this.#page.evaluate(() => globalThis.sights)
    return seen.map(({ at, kind, pixel }) => ({ at, kind, n: numberOf(pixel) }))
  }
}

/** Expects that no picture shown as live was old, and that no picture was followed by an older one. */
export function expectHonest(sights: readonly Sight[], source: Source): void {
  expect(sights.length).toBeGreaterThan(10)
  const ageOf = ({ at, n }: Sight) => at - (source.takenBy[n] ?? at)
  // A browser that stood still, on a busy machine, shows what it showed before until the page has its turn.
  const hadItsTurn = (at: number, i: number) => at - (sights[i - 1]?.at ?? 0) < STANDSTILL_MS
  const seen = sights.filter(({ at }, i) => hadItsTurn(at, i))
  expect(seen.filter((sight) => sight.kind === 'live' && ageOf(sight) > MOST_LIVE_MS)).toEqual([])
  expect(sights.filter(({ n }, i) => n < (sights[i - 1]?.n ?? 0))).toEqual([])
}

/**
 * The newest picture that the server is certain to have, of those sent so far: the last one may be under way. What is shown
 * from now on is that one or newer, unless it was held back.
 */
export function newestNow(source: Source): number {
  return source.last - 1
}

/** The numbers of pictures first shown after a moment. @param moment ms since 1970 */
export function newPicturesAfter(sights: readonly Sight[], moment: number): number[] {
  const before = new Set(sights.filter(({ at }) => at < moment).map(({ n }) => n))
  return [...new Set(sights.filter(({ at, n }) => at >= moment && !before.has(n)).map(({ n }) => n))]
}

/** Pictures are looked at sixty times a second. */
const STANDSTILL_MS = 250

/** A picture is late after 2 s; the rest allows for the page's tick (10 per second) and a busy machine. */
const MOST_LIVE_MS = 2500

declare global {
  var sights: { at: number; kind: string; pixel: number[] }[]
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { turnedSize } from '../../src/core/orientation.ts'
import { orientationOf } from '../../src/wire/exif.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { painted, type Rgb } from '../support/colours.ts'
import { temporaryFolder } from '../support/command.ts'
import { exifOf, jpeg, png, withExif } from '../support/pictures.ts'
import { setPixelRatio } from '../support/pixel-ratio.ts'
import { Pixels } from '../support/pixels.ts'
import { TestServer } from '../support/server.ts'
import { Source } from '../support/source.ts'
import { until, untilSeen } from '../support/until.ts'
import { hasColour, isLive, untilTiles } from '../support/wall.ts'
import { recordWorkerPictures } from '../support/worker-pictures.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

const RED: Rgb = [200, 30, 30]
const LANDSCAPE = { width: 1920, height: 1080 }
const PORTRAIT = { width: 1080, height: 1920 }

function photograph(size = LANDSCAPE): Uint8Array {
  return painted(size, [{ x: 0, y: 0, ...size, colour: RED }], 'jpeg')
}

/** The widths of the canvases of the wall, in device pixels. */
function canvasWidths(page: Page): Promise<number[]> {
  return page.locator('main li canvas').evaluateAll((canvases) => canvases.map((canvas) => canvas.clientWidth))
}

describe('the wall', () => {
  it('gets pictures as wide as its tiles, larger ones when they grow, and is never empty meanwhile', async () => {
    const server = await TestServer.start()
    const keys = ['a', 'b', 'c']
    for (const key of keys) new Source(server.url, { key, file: photograph() }, 5)
    const { page } = await openPage(browser, `${server.url}/?size=small`, {
      context: { viewport: { width: 1440, height: 900 } },
    })
    const pictures = await recordWorkerPictures(page)
    const untilWidth = (isRight: (width: number) => boolean) =>
      until(async () => {
        const { widths } = await pictures()
        return widths.length >= 3 && widths.slice(-3).every(isRight)
      }, 'pictures of the right width')
    await untilTiles(page, (tiles) => tiles.length === 3 && tiles.every((tile) => isLive(tile)), 'three live tiles')
    const [small = 0] = await canvasWidths(page)
    await untilWidth((width) => width >= small && width < 640)

    const before = (await pictures()).asked.length
    await watchForEmptyTiles(page)
    await page.getByText('Large', { exact: true }).click()
    await until(async () => ((await canvasWidths(page))[0] ?? 0) > 2 * small, 'large tiles')
    const [large = 0] = await canvasWidths(page)
    await untilWidth((width) => width >= large && width < 1920)
    await page.getByText('Small', { exact: true }).click()
    await untilWidth((width) => width >= small && width < 640)
    expect(await emptyTiles(page)).toEqual([])
    await untilTiles(page, (tiles) => tiles.every((tile) => hasColour(tile, RED)), 'the pictures')

    const { asked } = await pictures()
    const changes = asked.slice(before)
    for (const key of keys) {
      const widths = changes.filter((watch) => watch.key === key).map(({ width = 0 }) => width)
      expect([isWidthOf(large, Math.max(...widths)), isWidthOf(small, widths.at(-1))]).toEqual([true, true])
    }
  })

  it('asks for device pixels, also on another screen, and for fewer of a portrait in a landscape tile', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'landscape', { file: photograph() })
    await server.publish('site', 'landscape 2', { file: photograph() })
    await server.publish('site', 'portrait', { file: photograph(PORTRAIT) })
    const { page } = await openPage(browser, `${server.url}/?size=medium`, {
      context: { viewport: { width: 800, height: 600 }, deviceScaleFactor: 2 },
    })
    const pictures = await recordWorkerPictures(page)
    await untilTiles(page, (tiles) => tiles.length === 3 && tiles.every((tile) => hasColour(tile, RED)), 'all tiles')
    const [tile = 0] = await canvasWidths(page)
    const narrow = 2 * Math.round(tile * (9 / 16) * (9 / 16))
    const lastAsked = async (which: string) =>
      (await pictures()).asked.findLast(({ key, width }) => key === which && width !== undefined)?.width
    await until(async () => isWidthOf(narrow, await lastAsked('portrait')), 'a narrow picture')
    expect(isWidthOf(2 * tile, (await lastAsked('landscape')) ?? 2 * tile)).toBe(true)

    const scales = () =>
      page
        .locator('main li canvas')
        .evaluateAll((canvases: HTMLCanvasElement[]) => canvases.map((each) => each.width / each.clientWidth))
    for (const ratio of [1, 3]) {
      await setPixelRatio(page, ratio)
      await until(async () => (await scales()).every((scale) => Math.abs(scale - ratio) < 0.1), `canvases for ${ratio}`)
    }
    await until(async () => isWidthOf((3 * narrow) / 2, await lastAsked('portrait')), 'a picture for the last screen')
  })
})

describe('a browser', () => {
  it.each([
    ['a JPEG', 'image/jpeg', withExif(jpeg(40, 20), 'image/jpeg', exifOf(6))],
    ['a PNG', 'image/png', withExif(png(40, 20), 'image/png', exifOf(6))],
  ] as const)('shows %s with EXIF in the size that the server takes it to have', async (_what, mediaType, bytes) => {
    const page = await browser.newPage()
    const shown = await page.evaluate(
      async ([data, type]) => {
        const { width, height } = await createImageBitmap(await (await fetch(`data:${type};base64,${data}`)).blob())
        return { width, height }
      },
      [Buffer.from(bytes).toString('base64'), mediaType],
    )
    expect(shown).toEqual(turnedSize({ width: 40, height: 20 }, orientationOf(bytes, mediaType)))
    await page.close()
  })
})

describe('the large view', () => {
  const open = (server: TestServer, viewport = { width: 700, height: 500 }, mayComplain?: RegExp) =>
    openPage(browser, `${server.url}/watch/site/camera`, {
      context: { viewport },
      ...(mayComplain && { mayComplain }),
    })
  const fact = (page: Page, name: string) =>
    page
      .locator('dl > div', { has: page.getByText(name, { exact: true }) })
      .locator('dd')
      .innerText()
  const shownWidth = async (page: Page) => Number.parseInt(await fact(page, 'Shown as'), 10)
  const untilShown = (page: Page, isRight: (width: number) => boolean, what: string) =>
    untilSeen(async () => isRight(await shownWidth(page)), what)
  const download = async (page: Page, key: string) => {
    const [saved] = await Promise.all([page.waitForEvent('download'), page.keyboard.press(key)])
    const file = join(temporaryFolder(), 'saved')
    await saved.saveAs(file)
    return { name: saved.suggestedFilename(), bytes: readFileSync(file) }
  }

  it('gets what its stage can show, more when it grows, and says what it shows', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'camera', { file: photograph() })
    const { page } = await open(server)
    await untilShown(page, (width) => width > 0 && width <= 1280, 'a smaller picture')
    expect(await fact(page, 'Original')).toBe('1920 × 1080')
    expect(await fact(page, 'Shown as')).toMatch(/^\d+ × \d+ JPEG, [\d.]+ KB$/)
    const before = await shownWidth(page)
    // A still stream: the same frame comes once more.
    await page.setViewportSize({ width: 2300, height: 1200 })
    await untilShown(page, (width) => width > before, 'a larger picture')
    const overlayWidth = () => page.getByTestId('overlay').evaluate((canvas: HTMLCanvasElement) => canvas.width)
    const coarse = await overlayWidth()
    await setPixelRatio(page, 2)
    await until(async () => Math.abs((await overlayWidth()) - 2 * coarse) <= 2, 'boxes as sharp as the screen is')
    expect(await fact(page, 'Skipped')).toMatch(/^0 of 1,/)
  })

  it('saves the original, byte for byte, and draws on it in its size', async () => {
    const server = await TestServer.start()
    const file = photograph()
    new Source(server.url, { file, detection_items_json: '[[480, 270, 1440, 810, 0.9, "Person"]]' }, 5)
    const { page } = await open(server)
    await untilShown(page, (width) => width > 0 && width <= 1280, 'a smaller picture')
    const plain = await download(page, 's')
    expect(plain.name).toMatch(/^site_camera_\d{8}T\d{6}\.\d{3}Z\.jpg$/)
    expect(Buffer.compare(plain.bytes, file)).toBe(0)
    const drawn = await download(page, 'Shift+S')
    const pixels = await Pixels.of(drawn.bytes)
    expect([pixels.width, pixels.height]).toEqual([1920, 1080])
    // The left line of the box, on red that has little blue.
    const blues = Array.from({ length: 40 }, (_, i) => ({ x: 460 + i, blue: pixels.at(460 + i, 540)[2] }))
    const line = blues.filter(({ blue }) => blue > 120)
    expect(line.length).toBeGreaterThan(0)
    expect(line.every(({ x }) => Math.abs(x - 480) <= 4)).toBe(true)
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it('shows and saves the original once it is frozen, also when the server has dropped it', async () => {
    const server = await TestServer.start({ config: { 'streams.ring_frames': 2 } })
    const file = photograph()
    await server.publish('site', 'camera', { file })
    const { page } = await open(server)
    await untilShown(page, (width) => width > 0 && width <= 1280, 'a smaller picture')
    await page.keyboard.press('Space')
    await untilShown(page, (width) => width === 1920, 'the original')
    for (let i = 0; i < 4; i++) await server.publish('site', 'camera', { file: photograph(PORTRAIT) })
    expect(Buffer.compare((await download(page, 's')).bytes, file)).toBe(0)
  })

  it('shows the original upright that its EXIF turns', async () => {
    const server = await TestServer.start()
    const left = { x: 0, y: 0, width: 960, height: 1080, colour: RED }
    const file = withExif(painted(LANDSCAPE, [left], 'jpeg'), 'image/jpeg', exifOf(6))
    await server.publish('site', 'camera', { file })
    const { page } = await open(server)
    await untilShown(page, (width) => width > 0 && width < 1080, 'a smaller picture')
    /** Red above, black below. */
    const isUpright = async () => {
      const pixels = await Pixels.of(await page.locator('section[data-kind]').screenshot())
      const [above, below] = [0.25, 0.75].map((part) => pixels.at(pixels.width / 2, pixels.height * part)[0])
      // A stream that has stopped meanwhile is grey and dark.
      return (above ?? 0) - (below ?? 0) > 15
    }
    await untilSeen(isUpright, 'the smaller picture upright')
    await page.keyboard.press('Space')
    await untilShown(page, (width) => width === 1080, 'the original')
    expect(await fact(page, 'Original')).toBe('1080 × 1920')
    await untilSeen(isUpright, 'the original upright')
  })

  it('saves what it shows if the original is dropped, and says so', async () => {
    const server = await TestServer.start({ config: { 'streams.ring_frames': 1 } })
    await server.publish('site', 'camera', { file: photograph() })
    const { page } = await open(server, undefined, /status of 404/)
    await untilShown(page, (width) => width > 0 && width <= 1280, 'a smaller picture')
    await server.publish('site', 'camera', { file: photograph(PORTRAIT) })
    await untilSeen(async () => (await fact(page, 'Original')) === '1080 × 1920', 'the next picture')
    await page.keyboard.press('Space')
    await page.keyboard.press(',')
    await untilSeen(async () => (await fact(page, 'Original')) === '1920 × 1080', 'the picture before')
    const width = await shownWidth(page)
    expect(width).toBeLessThan(1920)
    expect((await Pixels.of((await download(page, 's')).bytes)).width).toBe(width)
    await page.getByText(`The original is not available. Saved as shown, at ${width} × `).waitFor()
  })
})

/** Whether it was asked for a picture that fills a tile, whose height is rounded. */
function isWidthOf(tile: number, asked = 0): boolean {
  return asked <= tile + 3 && asked > tile - 6
}

/** Records from now on, before each paint, which tiles of the wall have anything but the picture in their middle. */
function watchForEmptyTiles(page: Page): Promise<void> {
  return page.evaluate((red) => {
    const empty: string[] = []
    const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
    const look = () => {
      for (const canvas of document.querySelectorAll<HTMLCanvasElement>('main li canvas')) {
        if (canvas.width === 0) continue
        copy?.drawImage(canvas, canvas.width >> 1, canvas.height >> 1, 1, 1, 0, 0, 1, 1)
        const [pixel = 0, , , alpha] = copy?.getImageData(0, 0, 1, 1).data ?? []
        if (alpha !== 255 || Math.abs(pixel - red) > 12) empty.push(`${canvas.width} × ${canvas.height}: ${pixel}`)
      }
      requestAnimationFrame(look)
    }
    look()
    Object.assign(globalThis, { empty })
  }, RED[0])
}

function emptyTiles(page: Page): Promise<string[]> {
  return page.evaluate(() => Reflect.get(globalThis, 'empty'))
}

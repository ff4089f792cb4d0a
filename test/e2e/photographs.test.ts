import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lineStyleOfClass } from '../../client/overlay/line-styles.ts'
import { turnedSize, turning } from '../../src/core/orientation.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { type PictureSize, painted } from '../support/colours.ts'
import { Command, temporaryFolder } from '../support/command.ts'
import { exifOf, riff, withExif } from '../support/pictures.ts'
import { Pixels } from '../support/pixels.ts'
import { KEY, TestServer } from '../support/server.ts'
import { untilSeen } from '../support/until.ts'

/*
 * Pictures with their detections beside them, as files, through `belvedere publish` to the large view: are the boxes
 * where the things are? With pictures made here, and with real photographs where there are some (they are not ours to
 * give away, so a fresh clone has none).
 */

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

/** Something on a picture; coordinates in its pixels. */
interface Thing {
  readonly class: string
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

const PLACES = [
  { name: 'a wide window', viewport: { width: 1500, height: 520 }, deviceScaleFactor: 1 },
  { name: 'a tall window', viewport: { width: 700, height: 1000 }, deviceScaleFactor: 1 },
  { name: 'a wide window of two device pixels', viewport: { width: 1300, height: 450 }, deviceScaleFactor: 2 },
  { name: 'a tall window of two device pixels', viewport: { width: 600, height: 900 }, deviceScaleFactor: 2 },
] as const

/** Where a colour is on the screen, once it is there: a picture that is late, on a busy machine, is grey. */
async function extentOn(page: Page, isIt: Parameters<Pixels['extent']>[0]) {
  let extent: ReturnType<Pixels['extent']>
  await untilSeen(async () => {
    extent = (await Pixels.of(await page.screenshot())).extent(isIt)
    return extent !== undefined
  }, 'the colour')
  return extent
}

describe('a picture with things of plain colours, published from a folder', () => {
  const SIZE = { width: 640, height: 400 }
  const MADE = [
    { class: 'Person', x1: 40, y1: 60, x2: 140, y2: 340, colour: [0, 0, 250] },
    { class: 'machinery', x1: 240, y1: 120, x2: 440, y2: 300, colour: [250, 0, 0] },
    { class: 'Safety Cone', x1: 520, y1: 280, x2: 580, y2: 380, colour: [250, 0, 250] },
  ] as const

  it.each(PLACES)('has its boxes right on the things, in $name', async ({ viewport, deviceScaleFactor }) => {
    const rectangles = MADE.map(({ x1, y1, x2, y2, colour }) => ({
      ...{ colour, x: x1, y: y1, width: x2 - x1, height: y2 - y1 },
    }))
    const server = await TestServer.start()
    publishFolder(server, painted(SIZE, rectangles), MADE)
    const { page } = await openPage(browser, `${server.url}/watch/site/photo`, {
      context: { viewport, deviceScaleFactor },
    })
    await untilDrawn(page)
    const drawn = await placeOf(page)
    expectFitted(drawn, SIZE)
    await untilBoxes(page, MADE, SIZE, deviceScaleFactor)
    // Without the boxes: the things themselves are under where their lines were.
    await page.keyboard.press('o')
    await untilSeen(async () => (await overlayOf(page)).isEmpty, 'no box')
    for (const { colour, ...thing } of MADE) {
      const seen = await extentOn(page, (pixel) => colour.every((value, i) => Math.abs(value - (pixel[i] ?? 0)) < 100))
      const scale = drawn.width / SIZE.width
      expect(Math.abs((seen?.left ?? 0) - drawn.left - thing.x1 * scale)).toBeLessThanOrEqual(2)
      expect(Math.abs((seen?.top ?? 0) - drawn.top - thing.y1 * scale)).toBeLessThanOrEqual(2)
      expect(Math.abs((seen?.right ?? 0) - drawn.left - thing.x2 * scale)).toBeLessThanOrEqual(2)
      expect(Math.abs((seen?.bottom ?? 0) - drawn.top - thing.y2 * scale)).toBeLessThanOrEqual(2)
    }
  })
})

describe('a picture that its EXIF orientation turns', () => {
  const SIZE = { width: 240, height: 320 }
  const THING = { class: 'Person', x1: 160, y1: 40, x2: 210, y2: 100 }

  it('is seen upright, with its box on the yellow rectangle, as it was sent', async () => {
    const server = await TestServer.start({ config: { 'renditions.max': 0 } })
    publishFolder(server, readFileSync(join(import.meta.dirname, '../fixtures/field/exif_orientation6.jpg')), [THING])
    const { page } = await openPage(browser, `${server.url}/watch/site/photo`)
    await untilDrawn(page)
    const drawn = await placeOf(page)
    expectFitted(drawn, SIZE)
    await untilBoxes(page, [THING], SIZE)
    await page.keyboard.press('o')
    await untilSeen(async () => (await overlayOf(page)).isEmpty, 'no box')
    const seen = await extentOn(page, ([red, green, blue]) => red > 180 && green > 180 && blue < 90)
    const scale = drawn.width / SIZE.width
    expect(Math.abs((seen?.left ?? 0) - drawn.left - THING.x1 * scale)).toBeLessThanOrEqual(2 * scale)
    expect(Math.abs((seen?.bottom ?? 0) - drawn.top - THING.y2 * scale)).toBeLessThanOrEqual(2 * scale)
  })
})

describe('a picture of each EXIF orientation', () => {
  const STORED = { width: 320, height: 200 }
  const BOX = [30, 40, 130, 120] as const
  const [left, top, right, bottom] = BOX

  it.each([
    ['a rendition of a JPEG', 'image/jpeg', 10],
    ['a WebP as it was sent, which Chromium does not turn', 'image/webp', 0],
  ] as const)('is seen upright, with its box on the thing: %s', async (_what, mediaType, max) => {
    const server = await TestServer.start({ config: { 'renditions.max': max } })
    const { page } = await openPage(browser, `${server.url}/watch/site/photo`)
    const colour = [250, 250, 0] as const
    const picture = painted(STORED, [{ x: left, y: top, width: right - left, height: bottom - top, colour }], 'jpeg')
    const file = mediaType === 'image/jpeg' ? picture : await asPlainWebp(picture)
    for (const orientation of [6, 2, 5, 3, 7, 4, 8, 1] as const) {
      // A detector that looks at the stored picture gives its size; where both have the same, at the turned one.
      const size = turnedSize(STORED, orientation)
      const [a, b, c, d, e, f] = turning(STORED, orientation)
      const at = (x: number, y: number) => [a * x + c * y + e, b * x + d * y + f] as const
      const [one, other] = [at(left, top), at(right, bottom)]
      const thing = {
        ...{ class: 'Person', x1: Math.min(one[0], other[0]), y1: Math.min(one[1], other[1]) },
        ...{ x2: Math.max(one[0], other[0]), y2: Math.max(one[1], other[1]) },
      }
      const isOfStored = orientation >= 5
      const box = isOfStored ? BOX : [thing.x1, thing.y1, thing.x2, thing.y2]
      await server.publish('site', 'photo', {
        file: withExif(file, mediaType, exifOf(orientation)),
        detection_items_json: JSON.stringify([[...box, 0.9, thing.class]]),
        ...(isOfStored && { width: String(STORED.width), height: String(STORED.height) }),
      })
      const isRight = async () => {
        const place = await placeOf(page)
        if (!isFitted(place, size) || missingEdges(await overlayOf(page), [thing], size, 1).length > 0) return false
        const scale = place.width / size.width
        const screen = await Pixels.of(await page.locator('section[data-kind]').screenshot())
        const middle = (part: number) =>
          screen.at(
            Math.round(place.left - place.stage.left + (thing.x1 + (thing.x2 - thing.x1) * part) * scale),
            Math.round(place.top - place.stage.top + (thing.y1 + (thing.y2 - thing.y1) * part) * scale),
          )
        // A picture that stands still is grey and dark.
        return [0.2, 0.8].every((part) => middle(part)[0] > 60) && screen.at(4, 4)[0] < 60
      }
      await untilSeen(isRight, `the orientation ${orientation}`)
    }
  })
})

const PHOTOGRAPHS = join(import.meta.dirname, '../../../shared/fixtures/site')
/** Of the classes in the photographs' text files. */
const CLASSES = 'Hardhat|Mask|NO-Hardhat|NO-Mask|NO-Safety Vest|Person|Safety Cone|Safety Vest|machinery|vehicle'.split(
  '|',
)

const names = existsSync(PHOTOGRAPHS) ? readdirSync(PHOTOGRAPHS).filter((name) => name.endsWith('.jpg')) : []
describe.runIf(names.length > 0)('a real photograph of a building site', () => {
  it.each(names)('has its boxes where its detections are: %s', async (name) => {
    const bytes = readFileSync(join(PHOTOGRAPHS, name))
    const { width, height } = await loadImage(bytes)
    const things = readThings(join(PHOTOGRAPHS, name.replace('.jpg', '.txt')), { width, height })
    expect(things.length).toBeGreaterThan(0)
    const server = await TestServer.start()
    publishFolder(server, bytes, things)
    const { page } = await openPage(browser, `${server.url}/watch/site/photo`)
    for (const viewport of [PLACES[0].viewport, PLACES[1].viewport]) {
      await page.setViewportSize(viewport)
      await untilDrawn(page)
      await untilSeen(async () => isFitted(await placeOf(page), { width, height }), 'the picture in its place')
      await untilBoxes(page, things, { width, height })
    }
  })
})

/** Without what the encoder puts around a WebP. */
async function asPlainWebp(picture: Uint8Array): Promise<Uint8Array> {
  const image = await loadImage(picture)
  const canvas = createCanvas(image.width, image.height)
  canvas.getContext('2d').drawImage(image, 0, 0)
  const webp = await canvas.encode('webp', 95)
  return webp.toString('latin1', 12, 16) === 'VP8X' ? riff(webp.subarray(30)) : webp
}

/** Publishes one picture with its detections again and again, as an operator would: from files. */
function publishFolder(server: TestServer, picture: Uint8Array, things: readonly Thing[]): void {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'photo.jpg'), picture)
  const detection_items = things.map((thing) => [thing.x1, thing.y1, thing.x2, thing.y2, 0.9, thing.class])
  writeFileSync(join(folder, 'photo.json'), JSON.stringify({ detection_items }))
  const to = ['--url', server.url, '--token', KEY, '--label', 'site', '--key', 'photo']
  new Command(['publish', folder, ...to, '--fps', '5', '--loop'])
}

/** A line a thing: class, middle and size as parts of the picture. */
function readThings(path: string, { width, height }: PictureSize): Thing[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [of = 0, x = 0, y = 0, w = 0, h = 0] = line.split(' ').map(Number)
    const corners = {
      x1: (x - w / 2) * width,
      y1: (y - h / 2) * height,
      x2: (x + w / 2) * width,
      y2: (y + h / 2) * height,
    }
    return { class: CLASSES[of] ?? `class ${of}`, ...corners }
  })
}

async function untilDrawn(page: Page): Promise<void> {
  await page.locator('section[data-kind=live]').waitFor()
  await untilSeen(async () => !(await overlayOf(page)).isEmpty, 'boxes')
}

/** Where the picture is on the screen, and the stage around it, in device pixels. */
interface Place {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly stage: PictureSize & { readonly left: number; readonly top: number }
}

function placeOf(page: Page): Promise<Place> {
  return page.getByTestId('overlay').evaluate((overlay) => {
    const rectangleOf = (element: Element) => {
      const { left, top, width, height } = element.getBoundingClientRect()
      const scale = devicePixelRatio
      return { left: left * scale, top: top * scale, width: width * scale, height: height * scale }
    }
    const stage = overlay.closest('section')
    if (!stage) throw new Error('there is no stage')
    return { ...rectangleOf(overlay), stage: rectangleOf(stage) }
  })
}

/** The picture keeps its shape, is as large as it can be, and in the middle. */
function expectFitted(place: Place, size: PictureSize): void {
  const { stage } = place
  const scale = Math.min(stage.width / size.width, stage.height / size.height)
  expect(Math.abs(place.width - size.width * scale)).toBeLessThanOrEqual(1)
  expect(Math.abs(place.height - size.height * scale)).toBeLessThanOrEqual(1)
  expect(Math.abs(place.left + place.width / 2 - (stage.left + stage.width / 2))).toBeLessThanOrEqual(1)
  expect(Math.abs(place.top + place.height / 2 - (stage.top + stage.height / 2))).toBeLessThanOrEqual(1)
}

/** Waits until no side of a box is missing: what is over a picture is drawn a moment after it. */
async function untilBoxes(page: Page, things: readonly Thing[], size: PictureSize, scale = 1): Promise<void> {
  let missing: readonly string[] = []
  await untilSeen(async () => {
    missing = missingEdges(await overlayOf(page), things, size, scale)
    return missing.length === 0
  }, 'the boxes').catch(() => expect(missing).toEqual([]))
}

function isFitted(place: Place, size: PictureSize): boolean {
  try {
    expectFitted(place, size)
    return true
  } catch {
    return false
  }
}

/** What is drawn over the picture, pixel by pixel. */
interface OverlaySight extends PictureSize {
  readonly isEmpty: boolean
  /** Whether a pixel has that colour. */
  is(x: number, y: number, colour: readonly number[]): boolean
}

async function overlayOf(page: Page): Promise<OverlaySight> {
  const { width, height, base64 } = await page.getByTestId('overlay').evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error('the overlay is no canvas')
    if (canvas.width === 0 || canvas.height === 0) return { width: 0, height: 0, base64: '' }
    return { width: canvas.width, height: canvas.height, base64: canvas.toDataURL('image/png').split(',')[1] ?? '' }
  })
  if (base64 === '') return { width, height, isEmpty: true, is: () => false }
  const pixels = await Pixels.of(Buffer.from(base64, 'base64'))
  return {
    width,
    height,
    isEmpty: pixels.extent((pixel) => pixel.some((value) => value > 60)) === undefined,
    is: (x, y, colour) => pixels.at(x, y).every((value, i) => Math.abs(value - (colour[i] ?? 0)) < 50),
  }
}

/**
 * The sides of the things' boxes at which there is no line in the colour of the class, or only elsewhere. One side of a
 * box may be hidden by the words and lines of others; of a dashed line parts are missing.
 */
function missingEdges(overlay: OverlaySight, things: readonly Thing[], size: PictureSize, scale: number): string[] {
  const toX = overlay.width / size.width
  const toY = overlay.height / size.height
  return things.flatMap((thing) => {
    const [left, right, top, bottom] = [thing.x1 * toX, thing.x2 * toX, thing.y1 * toY, thing.y2 * toY]
    const colour = rgbOf(lineStyleOfClass(thing.class).colour)
    const isLineAt = (x: number, y: number, across: 'x' | 'y') =>
      [-1.5, -0.75, 0, 0.75, 1.5].some((by) => {
        const [atX, atY] = across === 'x' ? [x + by * scale, y] : [x, y + by * scale]
        return overlay.is(clamp(atX, overlay.width), clamp(atY, overlay.height), colour)
      })
    const part = (isAt: (along: number) => boolean) => STEPS.filter(isAt).length / STEPS.length
    const sides = {
      left: part((along) => isLineAt(left, top + (bottom - top) * along, 'x')),
      right: part((along) => isLineAt(right, top + (bottom - top) * along, 'x')),
      top: part((along) => isLineAt(left + (right - left) * along, top, 'y')),
      bottom: part((along) => isLineAt(left + (right - left) * along, bottom, 'y')),
    }
    const missing = Object.entries(sides).filter(([, seen]) => seen < 0.2)
    return missing.length <= 1
      ? []
      : [`${thing.class} at ${Math.round(thing.x1)}, ${Math.round(thing.y1)}: ${missing.join('; ')}`]
  })
}

const STEPS = Array.from({ length: 41 }, (_, i) => 0.1 + (i * 0.8) / 40)

function clamp(at: number, length: number): number {
  return Math.max(0, Math.min(length - 1, Math.round(at - 0.5)))
}

/** @param colour "#rrggbb" */
function rgbOf(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
}

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, openPage } from '../support/chromium.ts'
import { jpeg, png, webp } from '../support/pictures.ts'
import { TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

/** A tile as a person sees it. */
interface Tile {
  readonly name: string
  readonly age: string
  readonly isGrey: boolean
  /** The middle pixel: red, green, blue, alpha; 0, 0, 0, 0 is a blank canvas. */
  readonly pixel: number[]
  /** Of the picture, in pixels. */
  readonly size: number[]
}

function tilesOf(page: Page): Promise<Tile[]> {
  return page.locator('figure').evaluateAll((figures) =>
    figures.map((figure) => {
      const canvas = figure.querySelector('canvas')
      const caption = figure.querySelector('figcaption')
      if (!canvas || !caption) throw new Error('a tile without a canvas or a caption')
      const { width, height } = canvas
      // Read from a copy: a page's own canvas that is read from again and again complains.
      const copy = new canvas.ownerDocument.defaultView.OffscreenCanvas(1, 1)
      const context = copy.getContext('2d', { willReadFrequently: true })
      context.drawImage(canvas, width >> 1, height >> 1, 1, 1, 0, 0, 1, 1)
      const pixel = context.getImageData(0, 0, 1, 1).data
      return {
        name: caption.children[0]?.textContent ?? '',
        age: caption.children[1]?.textContent ?? '',
        isGrey: canvas.ownerDocument.defaultView.getComputedStyle(canvas).filter.includes('grayscale'),
        pixel: [...pixel],
        size: [width, height],
      }
    }),
  )
}

/** Waits for tiles that are as they should be. */
async function untilTiles(page: Page, areRight: (tiles: Tile[]) => boolean, what: string): Promise<Tile[]> {
  let tiles: Tile[] = []
  await until(async () => {
    tiles = await tilesOf(page)
    return areRight(tiles)
  }, what)
  return tiles
}

const isDrawn = ({ pixel }: Tile) => pixel[3] === 255

describe('the page', () => {
  it('shows a picture that is published while it is open, with its name and its age', async () => {
    const server = await TestServer.start()
    const { page, complaints } = await openPage(browser, server.url)
    await page.getByText('No stream yet.').waitFor()
    await server.publish('site <b>1</b>', 'camera/工地', { file: jpeg(64, 48) })
    const [tile] = await untilTiles(
      page,
      ([first]) => first !== undefined && isDrawn(first) && first.age !== '',
      'a tile',
    )
    expect(tile).toMatchObject({
      name: 'site <b>1</b> / camera/工地',
      age: expect.stringMatching(/^\d+\.\d s$/),
      isGrey: false,
      size: [64, 48],
    })
    expect(await page.getByText('No stream yet.').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('shows what was there before it was opened, in every format', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'a', { file: jpeg(64, 48) })
    await server.publish('site', 'b', { file: png(32, 24) })
    await server.publish('site', 'c', { file: webp(16, 12) })
    const { page, complaints } = await openPage(browser, server.url)
    const tiles = await untilTiles(page, (all) => all.length === 3 && all.every(isDrawn), 'three pictures')
    expect(new Map(tiles.map(({ name, size }) => [name, size]))).toEqual(
      new Map([
        ['site / a', [64, 48]],
        ['site / b', [32, 24]],
        ['site / c', [16, 12]],
      ]),
    )
    expect(complaints).toEqual([])
  })

  it('shows the newest of many pictures, and goes on with the next', async () => {
    const server = await TestServer.start()
    const { page, complaints } = await openPage(browser, server.url)
    for (let width = 8; width <= 400; width += 8) await server.publish('site', 'camera', { file: jpeg(width, 16) })
    await untilTiles(page, ([tile]) => tile?.size[0] === 400, 'the newest')
    await server.publish('site', 'camera', { file: jpeg(640, 16) })
    await untilTiles(page, ([tile]) => tile?.size[0] === 640, 'the next')
    expect(complaints).toEqual([])
  })

  it('turns a stream that stops grey and says since when, and live again when it goes on', async () => {
    const server = await TestServer.start({ config: { 'streams.stale_after_ms': 300 } })
    const { page, complaints } = await openPage(browser, server.url)
    await server.publish('site', 'camera')
    const [stopped] = await untilTiles(page, ([tile]) => tile?.isGrey === true, 'a grey tile')
    expect(stopped?.age).toMatch(/^stopped \d+ s ago$/)
    await until(async () => {
      await server.publish('site', 'camera')
      const [tile] = await tilesOf(page)
      return tile?.isGrey === false && /^\d+\.\d s$/.test(tile.age)
    }, 'live again')
    expect(complaints).toEqual([])
  })

  it('takes a stream away that is forgotten', async () => {
    const config = { 'streams.stale_after_ms': 100, 'streams.offline_after_s': 0.5, 'streams.forget_after_s': 1 }
    const server = await TestServer.start({ config })
    const { page } = await openPage(browser, server.url)
    await server.publish('site', 'camera')
    await untilTiles(page, (tiles) => tiles.length === 1, 'a tile')
    await untilTiles(page, (tiles) => tiles.length === 0, 'no tile')
    await page.getByText('No stream yet.').waitFor()
  })

  it('says that the server does not answer, greys out what it shows, and is live again when it is back', async () => {
    const server = await TestServer.start()
    const { page, complaints } = await openPage(browser, server.url)
    await server.publish('site', 'camera', { file: jpeg(64, 48) })
    await untilTiles(page, ([tile]) => tile !== undefined && isDrawn(tile), 'a picture')
    await server.close()
    await page.getByText('does not answer').waitFor()
    const [tile] = await tilesOf(page)
    expect(tile).toMatchObject({ isGrey: true, age: expect.stringContaining('stopped') })
    const { port } = new URL(server.url)
    const again = await TestServer.start({ config: { port } })
    await again.publish('site', 'camera', { file: jpeg(128, 48) })
    const [live] = await untilTiles(page, ([first]) => first?.size[0] === 128 && !first.isGrey, 'live again')
    expect(live?.age).toMatch(/^\d+\.\d s$/)
    expect(await page.getByText('does not answer').count()).toBe(0)
    // The browser itself tells of each attempt to connect, nothing else complains.
    expect(complaints.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([])
  })

  it('goes on when a picture cannot be drawn', async () => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, server.url)
    const whole = jpeg(64, 48, 5_000)
    // A JPEG by its markers, whose picture data no browser can read.
    const broken = Buffer.concat([
      whole.subarray(0, 2),
      Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0]),
      Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0xff, 0xd9]),
    ])
    for (let i = 0; i < 5; i++) await server.publish('site', 'camera', { file: broken })
    await server.publish('site', 'camera', { file: jpeg(128, 48) })
    await untilTiles(page, ([tile]) => tile?.size[0] === 128 && isDrawn(tile), 'the next good one')
  })

  it('is served with headers that let nothing in from elsewhere, and its assets for ever', async () => {
    const server = await TestServer.start()
    const response = await server.get('/')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'self'.*object-src 'none'/)
    const html = await response.text()
    const script = /src="([^"]+\.js)"/.exec(html)?.[1] ?? ''
    const asset = await fetch(new URL(script, response.url))
    expect(asset.status).toBe(200)
    expect(asset.headers.get('cache-control')).toContain('immutable')
  })
})

describe('the documentation', () => {
  it('opens in the browser without a complaint, and lists the routes', async () => {
    const server = await TestServer.start()
    const { page, complaints } = await openPage(browser, `${server.url}/docs`)
    for (const path of ['/labels', '/frames', '/streams']) await page.getByText(path, { exact: true }).first().waitFor()
    expect(complaints).toEqual([])
  })
})

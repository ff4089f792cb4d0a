import { createCanvas } from '@napi-rs/canvas'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectChromium, openPage } from '../support/chromium.ts'
import { numbered, numberOf, painted, plain } from '../support/colours.ts'
import { freePort } from '../support/free-port.ts'
import { undecodable } from '../support/pictures.ts'
import { TestServer } from '../support/server.ts'
import { Source } from '../support/source.ts'
import { until, untilSeen } from '../support/until.ts'
import { NEW_PAGE, startUpdatedServer } from '../support/updated-server.ts'
import { hasColour, isLive, untilTile, untilTiles } from '../support/wall.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

const RED = [200, 30, 30] as const
const GREEN = [30, 180, 60] as const
const BLUE = [20, 60, 220] as const

async function untilNames(page: Page, names: readonly string[]): Promise<void> {
  await untilTiles(page, (tiles) => tiles.map(({ name }) => name).join('|') === names.join('|'), names.join(' | '))
}

describe('the wall', () => {
  it('shows a picture that is published while it is open, with its name and its age, as it is', async () => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, server.url)
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor()
    new Source(server.url, { label: 'site <b>1</b>', key: 'camera/工地', file: plain(RED) })
    const tile = await untilTile(page, (first) => isLive(first) && hasColour(first, RED), 'a live tile')
    expect(tile.name).toBe('site <b>1</b>, camera/工地')
    expect(await page.locator('main a[data-kind]').innerText()).toContain('site <b>1</b>')
    expect(await page.locator('main b').count()).toBe(0)
    expect(await page.getByRole('heading', { name: 'Nothing to see yet' }).count()).toBe(0)
  })

  it('shows what was there before it was opened, in every format', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'a', { file: plain(RED, 'jpeg') })
    await server.publish('site', 'b', { file: plain(GREEN, 'png') })
    await server.publish('site', 'c', { file: plain(BLUE, 'webp') })
    const { page } = await openPage(browser, server.url)
    await untilTiles(
      page,
      (tiles) => tiles.length === 3 && [RED, GREEN, BLUE].every((colour, i) => tiles[i] && hasColour(tiles[i], colour)),
      'three pictures',
    )
  })

  it('has a headed section for each label, cameras in the order of their numbers', async () => {
    const server = await TestServer.start()
    for (const key of ['camera 10', 'camera 9', 'camera 1']) await server.publish('North', key)
    await server.publish('East', 'door')
    const { page } = await openPage(browser, server.url)
    await untilNames(page, ['East, door', 'North, camera 1', 'North, camera 9', 'North, camera 10'])
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['East', 'North'])
    expect(await page.getByRole('region', { name: 'North' }).locator('a[data-kind]').count()).toBe(3)
  })

  it('shows every picture of a camera whose rate it can keep, in order', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'camera', { file: numbered(0) })
    const { page } = await openPage(browser, server.url)
    for (let n = 1; n <= 30; n++) {
      await server.publish('site', 'camera', { file: numbered(n) })
      await untilTile(page, ({ pixel }) => numberOf(pixel) === n, `picture ${n}`)
    }
  })

  it('shows the newest of many pictures, and goes on with the next', async () => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, server.url)
    for (let n = 1; n <= 50; n++) await server.publish('site', 'camera', { file: numbered(n) })
    await untilTile(page, ({ pixel }) => numberOf(pixel) === 50, 'the newest')
    await server.publish('site', 'camera', { file: numbered(51) })
    await untilTile(page, ({ pixel }) => numberOf(pixel) === 51, 'the next')
  })

  it('says on its tile and on the watch page that pictures cannot be decoded, and goes on with the next good one', async () => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, server.url)
    // Too small for a rendition: the browser alone decodes it. The other one is made smaller.
    const bad = [undecodable(16, 8), undecodable(4000, 3000)]
    for (const file of bad) {
      await server.publish('site', 'camera', { file })
      const tile = await untilTile(page, ({ kind }) => kind === 'undecodable', 'a tile that says so')
      expect(tile.note).toMatch(/^The pictures .*cannot be decoded$/)
      if (file === bad[1])
        await untilSeen(async () => (await server.streams())[0]?.undecodable !== undefined, 'the stream says so too')
      const good = new Source(server.url, { file: plain(GREEN) })
      await untilTile(page, (shown) => isLive(shown) && hasColour(shown, GREEN), 'the next good ones')
      await good.stop()
      expect((await server.streams())[0]).not.toHaveProperty('undecodable')
    }
    await page.locator('main a[data-kind]').click()
    // Again and again: on a busy machine one that came only once is late before it is seen.
    const untilStage = (kind: string, file: Uint8Array) =>
      untilSeen(async () => {
        await server.publish('site', 'camera', { file })
        return page.locator(`section[data-kind=${kind}]`).isVisible()
      }, `a stage that is ${kind}`)
    await untilStage('live', plain(GREEN))
    await untilStage('undecodable', undecodable(16, 8))
    expect(await page.getByTestId('note').innerText()).toMatch(/cannot be decoded/)
    await untilStage('live', plain(GREEN))
  })

  it('shows the newest of pictures that are partly transparent alone, on the colour of the stage', async () => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, server.url)
    const stroke = (colour: string, x: number) => {
      const canvas = createCanvas(64, 48)
      const context = canvas.getContext('2d')
      context.fillStyle = colour
      context.fillRect(x, 0, 12, 48)
      return canvas.encodeSync('png')
    }
    await server.publish('site', 'plot', { file: stroke('#f00', 26) })
    await untilTile(page, ({ pixel: [red = 0] }) => red > 200, 'the first')
    await server.publish('site', 'plot', { file: stroke('#0f0', 0) })
    await untilTile(page, ({ pixel: [red = 0, green = 9] }) => red < 12 && green < 12, 'the next without the first')
  })

  it('turns a stream that stops grey and says since when, and live again when it goes on', async () => {
    const server = await TestServer.start({ config: { 'streams.stale_after_ms': 500 } })
    const source = new Source(server.url, {}, 10)
    const { page } = await openPage(browser, server.url, { context: { timezoneId: 'Asia/Taipei' } })
    await untilTile(page, isLive, 'a live tile')
    source.pause()
    const stopped = await untilTile(page, ({ kind }) => kind === 'stopped', 'a stopped tile')
    expect(stopped.isGrey).toBe(true)
    const [stream] = await server.streams()
    const time = new Date(lastFrameAt(stream)).toLocaleTimeString('en-GB', { timeZone: 'Asia/Taipei' })
    expect(stopped.note).toBe(`Stopped since ${time}`)
    source.resume()
    await untilTile(page, isLive, 'live again')
  })

  it('takes a stream away that is forgotten, and tells how to connect one when none is left', async () => {
    const config = {
      'streams.stale_after_ms': 100,
      'streams.offline_after_s': 0.5,
      'streams.first_offline_after_s': 0.5,
      'streams.forget_after_s': 3,
    }
    const server = await TestServer.start({ config })
    const source = new Source(server.url, { key: 'a' }, 10)
    const { page } = await openPage(browser, server.url)
    await untilNames(page, ['site, a'])
    await server.publish('site', 'b')
    await untilNames(page, ['site, a', 'site, b'])
    await untilNames(page, ['site, a'])
    await source.stop()
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor()
  })

  it('is where the addresses of the old pages lead', async () => {
    const server = await TestServer.start()
    await server.publish('工地 a&b', 'door')
    await server.publish('other', 'door')
    const { page } = await openPage(browser, `${server.url}/index.html`)
    await untilNames(page, ['other, door', '工地 a&b, door'])
    await page.goto(`${server.url}/label.html?label=${encodeURIComponent('工地 a&b')}`)
    await untilNames(page, ['工地 a&b, door'])
    await page.goto(`${server.url}/camera.html?label=${encodeURIComponent('工地 a&b')}&key=door`)
    await page.locator('section[data-kind]').waitFor()
    expect(decodeURIComponent(new URL(page.url()).pathname)).toBe('/watch/工地 a&b/door')
  })

  it('has one worker and one connection after twenty changes between wall and large view', async () => {
    const server = await TestServer.start()
    new Source(server.url)
    const { page } = await openPage(browser, server.url)
    await untilTile(page, isLive, 'a live tile')
    for (let i = 0; i < 10; i++) {
      await page.locator('main a[data-kind]').click()
      await page.locator('section[data-kind=live]').waitFor()
      await page.goBack()
      await untilTile(page, isLive, 'the wall')
    }
    expect(page.workers()).toHaveLength(1)
    expect(await (await server.get('/metrics')).text()).toMatch(/^belvedere_sockets 1$/m)
    expect((await server.streams())[0]?.viewers).toBe(1)
  })
})

describe('what is to be seen of the wall', () => {
  /** Three streams under two labels. */
  async function openWall(): Promise<{ server: TestServer; page: Page }> {
    const server = await TestServer.start()
    await server.publish('East', 'door')
    await server.publish('North', 'crane 1')
    await server.publish('North', 'door')
    const { page } = await openPage(browser, server.url)
    await untilNames(page, ['East, door', 'North, crane 1', 'North, door'])
    return { server, page }
  }

  it('is chosen by label, by words of the name and by size, and stands in the address', async () => {
    const { page } = await openWall()
    await page.getByRole('combobox', { name: 'Label' }).selectOption('North')
    await untilNames(page, ['North, crane 1', 'North, door'])
    await page.getByRole('searchbox').fill('OOR no')
    await untilNames(page, ['North, door'])
    await page.getByText('Small', { exact: true }).click()
    await untilTiles(page, ([tile]) => tile !== undefined, 'a tile')
    await until(async () => (await widthOfTile(page)) < 300, 'a small tile')
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      label: 'North',
      search: 'OOR no',
      size: 'small',
    })
  })

  it('is what was chosen last of all things, however fast one follows the other', async () => {
    const { page } = await openWall()
    const label = await page.getByRole('combobox', { name: 'Label' }).elementHandle()
    const search = await page.getByRole('searchbox').elementHandle()
    // Both in one task: nothing is rendered in between.
    await page.evaluate(
      ([select, input]) => {
        const change = (element: Node | null | undefined, prototype: object, value: string) => {
          Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(element, value)
          element?.dispatchEvent(
            new Event(prototype === HTMLSelectElement.prototype ? 'change' : 'input', { bubbles: true }),
          )
        }
        change(select, HTMLSelectElement.prototype, 'North')
        change(input, HTMLInputElement.prototype, 'door')
      },
      [label, search],
    )
    await untilNames(page, ['North, door'])
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ label: 'North', search: 'door' })
  })

  it('is the same after a reload, and at the next visit', async () => {
    const { server, page } = await openWall()
    await page.getByRole('combobox', { name: 'Label' }).selectOption('North')
    await page.getByRole('searchbox').fill('crane')
    await untilNames(page, ['North, crane 1'])
    await page.reload()
    await untilNames(page, ['North, crane 1'])
    const next = await page.context().newPage()
    await next.goto(server.url)
    await untilNames(next, ['North, crane 1'])
    expect(await next.getByRole('searchbox').inputValue()).toBe('crane')
    await until(() => new URL(next.url()).searchParams.get('label') === 'North', 'the label in the address')
  })

  it('is all of it again at the press of a button when nothing fits', async () => {
    const { page } = await openWall()
    await page.getByRole('searchbox').fill('nothing is called so')
    await page.getByText('No stream fits.').waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
    await untilNames(page, ['East, door', 'North, crane 1', 'North, door'])
    expect(new URL(page.url()).search).toBe('')
  })
})

describe('a warning', () => {
  const WARNED = { warnings_json: '{"warning_no_hardhat":{"count":2}}' }

  it('stands out and says what, in the user’s language, and goes when it ends', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url, WARNED)
    const [{ page }, { page: chinese }] = await Promise.all([
      openPage(browser, server.url),
      openPage(browser, server.url, { context: { locale: 'zh-TW' } }),
    ])
    const warned = await untilTile(page, ({ isWarned }) => isWarned, 'a warning')
    expect(warned.warnings).toEqual(['No hardhat × 2'])
    expect(await ringOf(page)).toMatch(/inset/)
    expect((await untilTile(chinese, ({ isWarned }) => isWarned, '警告')).warnings).toEqual(['未戴安全帽 × 2'])
    source.fields = { label: 'site', key: 'camera' }
    const calm = await untilTile(page, ({ isWarned }) => !isWarned, 'no warning')
    expect(calm.warnings).toEqual([])
    expect(await ringOf(page)).not.toMatch(/inset/)
  })

  it('is said aloud, with the stream that it is of', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url)
    const { page } = await openPage(browser, server.url)
    await untilTile(page, isLive, 'a live tile')
    source.fields = { ...source.fields, ...WARNED }
    await page.locator('[aria-live=polite]', { hasText: /^site, camera: No hardhat$/ }).waitFor({ state: 'attached' })
  })

  it('is shown as the line that detectors of the first generation sent', async () => {
    const server = await TestServer.start()
    const line = 'Warning: Someone is not wearing a hardhat!'
    new Source(server.url, { warnings_json: line })
    const { page } = await openPage(browser, server.url)
    expect((await untilTile(page, ({ isWarned }) => isWarned, 'a warning')).warnings).toEqual([line])
  })

  it('is counted in the bar, by which only the streams that warn can be seen', async () => {
    const server = await TestServer.start()
    new Source(server.url, { key: 'calm' })
    const source = new Source(server.url, { key: 'warned', ...WARNED })
    const { page } = await openPage(browser, server.url)
    await page.getByRole('button', { name: 'Show only the stream with a warning' }).click()
    await untilNames(page, ['site, warned'])
    expect(new URL(page.url()).searchParams.get('warnings')).toBe('only')
    await page.reload()
    await untilNames(page, ['site, warned'])
    await page.getByRole('button', { name: 'Show all streams' }).click()
    await untilNames(page, ['site, calm', 'site, warned'])
    source.fields = { label: 'site', key: 'warned' }
    await page.getByRole('button', { name: /warning/ }).waitFor({ state: 'detached' })
  })

  it('of a stream that stopped is none', async () => {
    const server = await TestServer.start({ config: { 'streams.stale_after_ms': 500 } })
    const source = new Source(server.url, WARNED, 10)
    const { page } = await openPage(browser, server.url)
    await untilTile(page, ({ isWarned }) => isWarned, 'a warning')
    source.pause()
    await untilTile(page, ({ kind, isWarned }) => kind === 'stopped' && !isWarned, 'a stopped tile')
  })
})

describe('what was detected', () => {
  it('is drawn on the picture, and not when the user does not want it', async () => {
    const server = await TestServer.start()
    const file = painted({ width: 640, height: 360 }, [])
    new Source(server.url, { file, detection_items_json: '[[160, 90, 480, 270, 0.9, "Person"]]' })
    // Small, where there are no words at the box.
    const { page } = await openPage(browser, `${server.url}/?size=small`)
    await until(async () => (await brightOn(page)).length > 0, 'a box')
    for (const [x, y] of await brightOn(page)) {
      const fromSides = Math.min(Math.abs(x - 0.25), Math.abs(x - 0.75))
      const fromEnds = Math.min(Math.abs(y - 0.25), Math.abs(y - 0.75))
      // Two pixels of some 250 across.
      expect(Math.min(fromSides, fromEnds)).toBeLessThan(0.015)
    }
    await page.getByRole('button', { name: 'Draw what was detected' }).click()
    await until(async () => (await brightOn(page)).length === 0, 'no box')
    expect(new URL(page.url()).searchParams.get('overlays')).toBe('off')
  })
})

describe('only what is in view', () => {
  it('is streamed, and what is scrolled to', async () => {
    const server = await TestServer.start()
    for (let n = 1; n <= 40; n++) await server.publish('site', `camera ${n}`)
    const { page } = await openPage(browser, `${server.url}/?size=large`)
    const streamed = async () => {
      const streams = await server.streams()
      return streams.filter(({ viewers }) => viewers !== 0).map(({ key }) => `site, ${key}`)
    }
    /** What is streamed is what is near enough to be seen. @returns it */
    const untilOnlyNear = async () => {
      let near: string[] = []
      await until(async () => {
        near = await tilesNearView(page)
        const names = new Set(await streamed())
        return near.length > 0 && names.size === near.length && near.every((name) => names.has(name))
      }, 'only what is in view')
      return near
    }
    const atTop = await untilOnlyNear()
    expect(atTop).toContain('site, camera 1')
    expect(atTop.length).toBeLessThan(10)
    await page.mouse.move(700, 500)
    await page.mouse.wheel(0, 100_000)
    await until(async () => (await tilesNearView(page)).includes('site, camera 40'), 'the end of the wall')
    const atEnd = await untilOnlyNear()
    expect(atEnd).not.toContain('site, camera 1')
    expect(atEnd.length).toBeLessThan(10)
    await page.getByText('Small', { exact: true }).click()
    await until(async () => (await streamed()).length === 40, 'all 40 small ones')
  })
})

describe('the keyboard', () => {
  it('reaches everything in order, shows where it is, and opens a tile', async () => {
    const server = await TestServer.start()
    new Source(server.url, { label: 'East', key: 'door' })
    new Source(server.url, { label: 'North', key: 'crane' })
    const { page } = await openPage(browser, server.url)
    await untilTiles(page, (tiles) => tiles.length === 2 && tiles.every(isLive), 'two tiles')
    const reached: string[] = []
    for (let i = 0; i < 20 && reached.at(-1) !== 'North crane'; i++) {
      await page.keyboard.press('Tab')
      const { name, outline } = await focusOf(page)
      expect(outline, `the outline of ${name}`).toBeGreaterThanOrEqual(2)
      reached.push(name)
    }
    const expected = ['Label', 'Search streams by name', 'Draw what was detected', 'Menu', 'East door', 'North crane']
    expect(reached.filter((name) => expected.includes(name))).toEqual(expected)
    await page.keyboard.press('Enter')
    await page.locator('section[data-kind=live]').waitFor()
    expect(new URL(page.url()).pathname).toBe('/watch/North/crane')
    await page.goBack()
    await untilTiles(page, (tiles) => tiles.length === 2 && tiles.every(isLive), 'the wall again')
  })

  it('opens the menu and goes through it', async () => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, server.url)
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor()
    await page.getByRole('button', { name: 'Menu' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitemradio', { name: '繁體中文' }).waitFor()
    for (let i = 0; i < 10 && (await focusOf(page)).name !== '繁體中文'; i++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '選單' }).waitFor()
  })
})

function lastFrameAt(stream: Readonly<Record<string, unknown>> | undefined): number {
  const frame = stream?.last_frame
  if (typeof frame !== 'object' || frame === null || !('received_at' in frame)) throw new Error('no frame')
  return Number(frame.received_at)
}

function widthOfTile(page: Page): Promise<number> {
  return page
    .locator('main a[data-kind]')
    .first()
    .evaluate((tile) => tile.clientWidth)
}

/** The names of the tiles that are in view, or nearly: within 120 pixels. */
function tilesNearView(page: Page): Promise<string[]> {
  return page.locator('main li > a[data-kind]').evaluateAll((tiles) =>
    tiles
      .filter((tile) => {
        const { top, bottom } = tile.getBoundingClientRect()
        return bottom >= -120 && top <= innerHeight + 120
      })
      .map((tile) => (tile.getAttribute('href') ?? '').split('/').slice(2).map(decodeURIComponent).join(', ')),
  )
}

/** The ring around the first tile, as the browser draws it. */
function ringOf(page: Page): Promise<string> {
  return page
    .locator('main a[data-kind]')
    .first()
    .evaluate((tile) => getComputedStyle(tile, '::after').boxShadow)
}

/** Where on the first tile's picture something bright is drawn, in parts of its width and height. */
async function brightOn(page: Page): Promise<[number, number][]> {
  const found = await page.locator('main a[data-kind] canvas').evaluateAll(([canvas]) => {
    if (!(canvas instanceof HTMLCanvasElement) || canvas.width === 0) return []
    const { width, height } = canvas
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
    context?.drawImage(canvas, 0, 0)
    const data = context?.getImageData(0, 0, width, height).data ?? []
    const bright: [number, number][] = []
    for (let i = 0; i < width * height; i++)
      if ((data[4 * i + 1] ?? 0) > 60) bright.push([(i % width) / width, Math.floor(i / width) / height])
    return bright
  })
  return found
}

/** What has the focus, and how wide the line around it is, CSS pixels. */
function focusOf(page: Page): Promise<{ name: string; outline: number }> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement)) return { name: '', outline: 0 }
    // Of a radio button that is drawn by its label the line is around that.
    const drawn = [element, element.nextElementSibling, element.parentElement].filter((each) => each !== null)
    const widths = drawn.map((each) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(each)
      return outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth)
    })
    return {
      // Of a tile without its age.
      name: element.getAttribute('aria-label') ?? element.textContent.replace(/\d+\.\d s/, '').trim(),
      outline: Math.max(...widths),
    }
  })
}

describe('a page whose files and server fail it', () => {
  it('shows a part that failed to load when one goes back to it', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'camera', { file: plain(RED) })
    const { page } = await openPage(browser, server.url, { mayComplain: /ERR_FAILED|dynamically imported|preload CSS/ })
    const connect = page.getByRole('link', { name: 'Connect a stream' })
    const tile = page.locator('main a[data-kind]')
    for (const [files, link] of [
      ['**/ConnectPage-*.js', connect],
      ['**/WatchPage-*.css', tile],
    ] as const) {
      await page.route(files, (route) => route.abort())
      await link.click()
      await page.getByText('Part of this page failed to load').waitFor()
      await page.unroute(files)
      await page.getByRole('link', { name: 'To the wall' }).click()
    }
    await tile.click()
    const stage = page.locator('section[data-kind]')
    await stage.waitFor()
    await until(
      async () => (await stage.evaluate((each) => getComputedStyle(each).position)) !== 'static',
      'its styles',
    )
    await page.goBack()
    await connect.click()
    await page.getByRole('heading', { name: 'Connect a stream' }).waitFor()
  })

  it('says that Belvedere was updated, and is reloaded once nobody uses it', async () => {
    const port = await freePort()
    const server = await TestServer.start({ config: { port } })
    await server.publish('site', 'camera', { file: plain(RED) })
    const { page } = await openPage(browser, `${server.url}/watch/site/camera`, {
      mayComplain: /ERR_CONNECTION_REFUSED|status of 404/,
      prepare: (made) => made.clock.install(),
    })
    await page.locator('section[data-kind]').waitFor()
    await server.close()
    await startUpdatedServer(port)
    await page.getByText('Belvedere was updated').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.clock.runFor(120_000)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.clock.runFor(50_000)
    expect(await page.getByText('Belvedere was updated').count()).toBe(1)
    await page.clock.runFor(20_000)
    await page.getByText(NEW_PAGE).waitFor()
  })
})

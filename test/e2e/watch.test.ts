import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, openPage, type PageOptions } from '../support/chromium.ts'
import { numbered, numberOf, painted } from '../support/colours.ts'
import { temporaryFolder } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { Pixels } from '../support/pixels.ts'
import { type FrameForm, TestServer } from '../support/server.ts'
import { until, untilSeen } from '../support/until.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

const SIZE = { width: 400, height: 200 }
const TARGET = { x: 100, y: 50, width: 200, height: 100 }
const BLUE = [0, 0, 255] as const
const BOX = [TARGET.x, TARGET.y, TARGET.x + TARGET.width, TARGET.y + TARGET.height, 0.9]
/** A blue rectangle, and a box right on it. */
const DETECTED: FrameForm = {
  file: painted(SIZE, [{ ...TARGET, colour: BLUE }]),
  detection_items_json: JSON.stringify([[...BOX, 5]]),
}
/** The same six times as large: more than any view here shows, so that the page gets it smaller. */
const LARGE: FrameForm = {
  file: painted({ width: 2400, height: 1200 }, [{ x: 600, y: 300, width: 1200, height: 600, colour: BLUE }], 'jpeg'),
  detection_items_json: JSON.stringify([[600, 300, 1800, 900, 0.9, 5]]),
}

/**
 * Publishes a stream for as long as the test runs: what stands still turns grey. No faster than it must: drawing each
 * picture is most of what these tests take. @returns what stops it
 */
function keepPublishing(
  server: TestServer,
  key: string,
  make: (n: number) => FrameForm,
  { label = 'site', everyMs = 200 } = {},
): () => Promise<void> {
  let isOver = false
  const running = (async () => {
    for (let n = 0; !isOver; n++) {
      await server.publish(label, key, make(n))
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  })()
  const stop = () => {
    isOver = true
    return running
  }
  onTestFinished(stop)
  return stop
}

/** Where a test waits for many pictures, or for the end of them. */
const QUICK = { everyMs: 50 }

async function openWatch(server: TestServer, key = 'cam', options: PageOptions = {}): Promise<Page> {
  // The original of a picture that was frozen late, on a busy machine.
  const mayComplain = /status of 404/
  const { page } = await openPage(browser, `${server.url}/watch/site/${key}`, { mayComplain, ...options })
  return page
}

const stageOf = (page: Page): Locator => page.locator('section[data-kind]')
const kindOf = (page: Page) => stageOf(page).getAttribute('data-kind')
const untilLive = (page: Page) => untilSeen(async () => (await kindOf(page)) === 'live', 'a live picture')

/** What is on the screen where the stage is. */
async function look(page: Page): Promise<Pixels> {
  return Pixels.of(await stageOf(page).screenshot())
}

/** Where the rectangle is, once it is seen in colours: a picture that is late, on a busy machine, is grey. */
async function rectangleOn(page: Page) {
  let extent: ReturnType<Pixels['extent']>
  await untilSeen(async () => {
    extent = (await look(page)).extent(isBlue)
    return extent !== undefined
  }, 'the blue rectangle')
  return extent ?? expect.fail('there is no rectangle')
}

/** Half way into an edge that is blurred by enlarging. */
const isBlue = ([red = 0, green = 0, blue = 0]: readonly number[]) => blue > 127 && red < 40 && green < 40
/** The line around a person, also where it is mixed with its dark halo. */
const isPersonLine = ([red = 0, green = 0, blue = 0]: readonly number[]) =>
  green > 90 && blue - red > 40 && blue > green && green > red

describe('what is drawn over the picture', () => {
  const places = [
    { name: 'beside bars left and right', frame: DETECTED, viewport: { width: 1400, height: 420 } },
    { name: 'between bars above and below', frame: DETECTED, viewport: { width: 800, height: 1000 } },
    {
      name: 'at one and a quarter device pixels',
      frame: DETECTED,
      viewport: { width: 1101, height: 733 },
      deviceScaleFactor: 1.25,
    },
    { name: 'at two device pixels', frame: DETECTED, viewport: { width: 1103, height: 701 }, deviceScaleFactor: 2 },
    { name: 'in a much smaller picture', frame: LARGE, viewport: { width: 330, height: 900 } },
    { name: 'in a smaller picture', frame: LARGE, viewport: { width: 900, height: 800 } },
    {
      name: 'in a smaller picture at two device pixels',
      frame: LARGE,
      viewport: { width: 600, height: 800 },
      deviceScaleFactor: 2,
    },
  ]
  for (const { name, frame, ...context } of places)
    it(`lies exactly on what was detected, ${name}`, async () => {
      const server = await TestServer.start()
      keepPublishing(server, 'cam', () => frame)
      const page = await openWatch(server, 'cam', { context })
      await untilLive(page)
      await page.keyboard.press('o')
      const target = await rectangleOn(page)
      await page.keyboard.press('o')
      let seen = await look(page)
      const middle = { x: (target.left + target.right) / 2, y: (target.top + target.bottom) / 2 }
      await untilSeen(async () => {
        seen = await look(page)
        return linesAcross(seen, middle.y).length === 2
      }, 'a box')
      const [left = 0, right = 0] = linesAcross(seen, middle.y)
      const [top = 0, bottom = 0] = linesDown(seen, middle.x)
      expect(Math.abs(left - target.left)).toBeLessThanOrEqual(1)
      expect(Math.abs(right - target.right)).toBeLessThanOrEqual(1)
      expect(Math.abs(top - target.top)).toBeLessThanOrEqual(1)
      expect(Math.abs(bottom - target.bottom)).toBeLessThanOrEqual(1)
    })

  it('refers to the size that the detector names', async () => {
    const server = await TestServer.start()
    const doubled = BOX.map((value, i) => (i < 4 ? value * 2 : value))
    const detection_items_json = JSON.stringify([[...doubled, 5]])
    keepPublishing(server, 'cam', () => ({ ...DETECTED, detection_items_json, width: '800', height: '400' }))
    const page = await openWatch(server)
    await untilLive(page)
    await page.keyboard.press('o')
    const target = await rectangleOn(page)
    await page.keyboard.press('o')
    await untilSeen(async () => {
      const [left = 0] = linesAcross(await look(page), (target.top + target.bottom) / 2)
      return Math.abs(left - target.left) <= 1
    }, 'a box on the rectangle')
  })

  it('stays on what was detected when the window changes its shape, also while frozen', async () => {
    const server = await TestServer.start()
    keepPublishing(server, 'cam', () => DETECTED)
    const page = await openWatch(server)
    await untilLive(page)
    await page.keyboard.press('Space')
    await stageOf(page)
      .getByText(/Frozen/)
      .waitFor()
    for (const size of [
      { width: 1300, height: 500 },
      { width: 900, height: 900 },
      { width: 390, height: 844 },
    ]) {
      await page.setViewportSize(size)
      await untilSeen(async () => {
        const pixels = await look(page)
        // Of the rectangle, half of the line is over it: what is left of its blue begins right beside the line.
        const inside = pixels.extent(isBlue)
        if (!inside) return false
        const lines = linesAcross(pixels, (inside.top + inside.bottom) / 2)
        const [left = 0] = lines
        const right = lines.at(-1) ?? 0
        const isTight = (gap: number) => gap >= 0 && gap <= 3
        return lines.length === 2 && isTight(inside.left - left) && isTight(right - inside.right)
      }, `a box on the rectangle at ${size.width} × ${size.height}`)
    }
  })

  it('can be turned off by class, by kind and as a whole, and stays so', async () => {
    const server = await TestServer.start()
    keepPublishing(server, 'cam', () => DETECTED)
    const page = await openWatch(server)
    await untilLive(page)
    const lines = async () => (await look(page)).extent(isPersonLine) !== undefined
    await untilSeen(lines, 'a box')
    await page.getByRole('checkbox', { name: 'Person' }).uncheck()
    await untilSeen(async () => !(await lines()), 'no box')
    await page.reload()
    await untilLive(page)
    expect(await page.getByRole('checkbox', { name: 'Person' }).isChecked()).toBe(false)
    expect(await lines()).toBe(false)
    await page.getByRole('checkbox', { name: 'Person' }).check()
    await untilSeen(lines, 'the box again')
    await page.getByRole('checkbox', { name: 'Boxes' }).uncheck()
    await untilSeen(async () => !(await lines()), 'no box of any class')
    await page.getByRole('checkbox', { name: 'Boxes' }).check()
    await page.keyboard.press('o')
    await untilSeen(async () => !(await lines()), 'nothing drawn')
  })

  it('is shown as text where it cannot be drawn', async () => {
    const server = await TestServer.start()
    keepPublishing(server, 'cam', () => ({ ...DETECTED, cone_polygons_json: '"<b>three</b> cones"' }))
    const page = await openWatch(server)
    const tree = page.getByTestId('metadata')
    await tree.getByText('<b>three</b> cones').waitFor()
    expect(await tree.locator('b').count()).toBe(0)
  })
})

/** The middles of the person's lines that a row crosses, in pixels. */
function linesAcross(pixels: Pixels, y: number): number[] {
  return middlesOf(Array.from({ length: pixels.width }, (_, x) => isPersonLine(pixels.at(x, y))))
}

function linesDown(pixels: Pixels, x: number): number[] {
  return middlesOf(Array.from({ length: pixels.height }, (_, y) => isPersonLine(pixels.at(x, y))))
}

function middlesOf(row: readonly boolean[]): number[] {
  const middles: number[] = []
  for (let i = 0; i < row.length; i++) {
    if (!row[i]) continue
    const start = i
    while (row[i]) i++
    middles.push((start + i) / 2)
  }
  return middles
}

describe('warnings', () => {
  it('stand over the picture and beside it in the user’s language, with how many, and go when they end or the stream stops', async () => {
    const server = await TestServer.start({ config: { 'streams.stale_after_ms': 500 } })
    let warnings_json = JSON.stringify({ warning_no_hardhat: { count: 2 }, warning_smoke_in_hall: { count: 1 } })
    const stop = keepPublishing(server, 'cam', () => ({ ...DETECTED, warnings_json }))
    const page = await openWatch(server, 'cam', { context: { locale: 'zh-TW' } })
    await stageOf(page).getByText('未戴安全帽 × 2').waitFor()
    await stageOf(page).getByText('smoke in hall').first().waitFor()
    await page.getByRole('complementary').getByText('未戴安全帽').first().waitFor()
    warnings_json = '{}'
    await stageOf(page).getByText('未戴安全帽 × 2').waitFor({ state: 'detached' })
    warnings_json = JSON.stringify({ warning_no_hardhat: { count: 3 } })
    await stageOf(page).getByText('未戴安全帽 × 3').waitFor()
    await stop()
    await stageOf(page).getByText('未戴安全帽 × 3').waitFor({ state: 'detached' })
    await page.getByRole('complementary').getByText('未戴安全帽').waitFor({ state: 'detached' })
  })
})

describe('metadata', () => {
  it('is a tree whose open parts stay open from picture to picture', async () => {
    const server = await TestServer.start()
    const metadata = (n: number) => ({ beam: { x: n, deep: { unit: 'mm' } }, note: '<img src=x onerror=alert(1)>' })
    const unread = { cone_polygons_json: '[[[NaN, <img src=y>' }
    keepPublishing(server, 'cam', (n) => ({ ...DETECTED, ...unread, metadata_json: JSON.stringify(metadata(n)) }))
    const page = await openWatch(server)
    const tree = page.getByTestId('metadata')
    await tree.getByText('<img src=x').waitFor()
    await tree.getByText('[[[NaN, <img src=y>').waitFor()
    expect(await tree.locator('img').count()).toBe(0)
    await tree.getByRole('button', { name: 'deep' }).click()
    await tree.getByText('mm').waitFor()
    const value = tree.locator('div', { hasText: /^x\d+$/ })
    const before = await value.innerText()
    await untilSeen(async () => (await value.innerText()) !== before, 'another value')
    expect(await tree.getByText('mm').count()).toBe(1)
    await tree.getByRole('button', { name: 'beam' }).click()
    await tree.getByText('mm').waitFor({ state: 'detached' })
  })
})

describe('freezing', () => {
  /** Each picture shows its number as its colour and has it in its metadata; its box is further right each time. */
  const counted = (n: number): FrameForm => ({
    file: numbered(n),
    metadata_json: JSON.stringify({ n }),
    detection_items_json: JSON.stringify([[n % 40, 10, (n % 40) + 20, 40, 0.9, `box ${n}`]]),
  })
  const shownNumber = async (page: Page) => {
    const stage = await stageOf(page).boundingBox()
    if (!stage) throw new Error('there is no stage')
    // No more than this place of it, as it is looked at again and again.
    const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height * 0.9]
    const pixels = await Pixels.of(await page.screenshot({ clip: { x, y, width: 2, height: 2 } }))
    return numberOf(pixels.at(0, 0))
  }
  const toldNumber = async (page: Page) => {
    const text = await page
      .getByTestId('metadata')
      .locator('div', { hasText: /^n\d+$/ })
      .innerText()
    return Number(text.replaceAll(/\D/g, ''))
  }

  it('keeps the picture, steps through those that came, each with its own data, and returns to what is now', async () => {
    const server = await TestServer.start()
    let last = 0
    const make = (n: number) => {
      last = n
      return counted(n)
    }
    keepPublishing(server, 'cam', make, QUICK)
    const page = await openWatch(server)
    await untilLive(page)
    const newest = await toldNumber(page)
    await until(() => last > newest + 8, 'some pictures')
    await page.keyboard.press('o')
    await page.keyboard.press('Space')
    await stageOf(page)
      .getByText(/Frozen/)
      .waitFor()
    const frozen = await shownNumber(page)
    expect(await toldNumber(page)).toBe(frozen)
    // Those that came: on a busy machine the page may have been spared some.
    const seen = [frozen]
    const step = async (key: ',' | '.', isRight: (shown: number) => boolean) => {
      await page.keyboard.press(key)
      await untilSeen(async () => isRight(await shownNumber(page)), `the next picture by "${key}" from ${seen}`)
      const shown = await shownNumber(page)
      expect(await toldNumber(page)).toBe(shown)
      expect(await page.getByText(`box ${shown}`, { exact: true }).count()).toBe(1)
      seen.push(shown)
    }
    for (let back = 0; back < 3; back++) await step(',', (shown) => shown < (seen.at(-1) ?? 0))
    const [, , second] = seen
    await step('.', (shown) => shown === second)
    const then = last
    await until(() => last > then + 5, 'more pictures')
    expect(await shownNumber(page)).toBe(second)
    const age = await page.getByTestId('age').innerText()
    await untilSeen(async () => (await page.getByTestId('age').innerText()) !== age, 'an age that grows')
    await page.keyboard.press('Space')
    await untilSeen(async () => (await shownNumber(page)) > then, 'what is now')
    await untilLive(page)
    expect(
      await stageOf(page)
        .getByText(/Frozen/)
        .count(),
    ).toBe(0)
  })

  it('can be done by the slider, with the keyboard', async () => {
    const server = await TestServer.start()
    keepPublishing(server, 'cam', counted, QUICK)
    const page = await openWatch(server)
    await untilLive(page)
    const slider = page.getByRole('slider', { name: 'Pictures received' })
    await untilSeen(async () => Number(await slider.getAttribute('aria-valuemax')) > 8, 'some pictures')
    await slider.press('Home')
    await stageOf(page)
      .getByText(/Frozen/)
      .waitFor()
    await until(
      async () => /before the newest/.test((await slider.getAttribute('aria-valuetext')) ?? ''),
      'how far back',
    )
    expect(page.url()).toMatch(/\/watch\/site\/cam$/)
  })
})

describe('saving', () => {
  const download = async (page: Page, key: string) => {
    const [saved] = await Promise.all([page.waitForEvent('download'), page.keyboard.press(key)])
    const file = join(temporaryFolder(), 'saved')
    await saved.saveAs(file)
    return { name: saved.suggestedFilename(), bytes: readFileSync(file) }
  }

  it('gives the picture as it came, to the byte, and with what is drawn on it in its own size', async () => {
    const server = await TestServer.start()
    keepPublishing(server, 'cam', () => DETECTED)
    const page = await openWatch(server)
    await untilLive(page)
    const plain = await download(page, 's')
    expect(plain.name).toMatch(/^site_cam_\d{8}T\d{6}\.\d{3}Z\.png$/)
    expect(Buffer.compare(plain.bytes, DETECTED.file ?? Buffer.of())).toBe(0)
    const drawn = await download(page, 'Shift+S')
    expect(drawn.name).toMatch(/_overlay\.png$/)
    const pixels = await Pixels.of(drawn.bytes)
    expect([pixels.width, pixels.height]).toEqual([SIZE.width, SIZE.height])
    const [left = 0, right = 0] = linesAcross(pixels, 100)
    expect([Math.abs(left - 100) <= 1, Math.abs(right - 300) <= 1]).toEqual([true, true])
  })
})

describe('the keys', () => {
  it('go to the next and the previous camera, round and round, and back to the wall as it was', async () => {
    const server = await TestServer.start()
    for (const key of ['a', 'b/ü %41', 'c']) keepPublishing(server, key, () => DETECTED)
    const { page } = await openPage(browser, `${server.url}/?q=`)
    const wall = page.url()
    await page.getByRole('link', { name: /^site a\b/ }).click()
    const isAt = (key: string) => page.getByRole('img', { name: `site, ${key}`, exact: true }).waitFor()
    await isAt('a')
    await untilLive(page)
    for (const key of ['b/ü %41', 'c', 'a']) {
      await page.keyboard.press('ArrowRight')
      await isAt(key)
      await untilLive(page)
    }
    await page.keyboard.press('ArrowLeft')
    await isAt('c')
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: /^site a\b/ }).waitFor()
    expect(page.url()).toBe(wall)
    await untilSeen(async () => (await server.streams()).every(({ viewers }) => viewers === 1), 'one viewer, the wall')
  })

  it('are listed by ?, do nothing with Ctrl, and do not step into the future', async () => {
    const server = await TestServer.start()
    keepPublishing(server, 'cam', () => DETECTED)
    const page = await openWatch(server)
    await untilLive(page)
    for (const key of ['Control+,', '.']) await page.keyboard.press(key)
    expect(await stageOf(page).getAttribute('data-frozen')).toBeNull()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(page.url()).toMatch(/\/watch\/site\/cam$/)
  })
})

describe('a picture that is not live', () => {
  const isGrey = (page: Page) =>
    stageOf(page).evaluate((stage) => {
      const frame = stage.firstElementChild
      return frame !== null && getComputedStyle(frame).filter.includes('grayscale')
    })

  it('is grey and says since when, and is live again when the stream goes on', async () => {
    const server = await TestServer.start({ config: { 'streams.stale_after_ms': 500 } })
    const stop = keepPublishing(server, 'cam', () => DETECTED, QUICK)
    const page = await openWatch(server)
    await untilLive(page)
    await untilSeen(async () => !(await isGrey(page)), 'colours')
    await stop()
    await stageOf(page)
      .getByTestId('note')
      .getByText(/^Stopped since \d\d:\d\d:\d\d$/)
      .waitFor()
    expect(await isGrey(page)).toBe(true)
    keepPublishing(server, 'cam', () => DETECTED, QUICK)
    await untilLive(page)
    await untilSeen(async () => !(await isGrey(page)), 'colours')
  })

  it('is grey when the server is gone, and live again when it is back', async () => {
    const config = { port: await freePort() }
    const server = await TestServer.start({ config })
    const stop = keepPublishing(server, 'cam', () => DETECTED)
    const page = await openWatch(server, 'cam', { mayComplain: /ERR_CONNECTION_REFUSED|WebSocket/ })
    await untilLive(page)
    await stop()
    await server.close()
    await stageOf(page)
      .getByTestId('note')
      .getByText(/No connection since/)
      .waitFor()
    expect(await isGrey(page)).toBe(true)
    const again = await TestServer.start({ config })
    keepPublishing(again, 'cam', () => DETECTED)
    await untilLive(page)
  })

  it('is not there for a stream that does not exist, and comes by itself when it appears', async () => {
    const server = await TestServer.start()
    const page = await openWatch(server)
    await stageOf(page).getByText('There is no stream site / cam now').first().waitFor()
    expect(await stageOf(page).getByRole('link', { name: 'To the wall' }).getAttribute('href')).toBe('/')
    keepPublishing(server, 'cam', () => DETECTED)
    await untilLive(page)
  })
})

describe('full screen', () => {
  it('is entered and left by F; the controls go when nobody moves', async () => {
    const server = await TestServer.start()
    keepPublishing(server, 'cam', () => DETECTED)
    const page = await openWatch(server)
    await untilLive(page)
    await page.keyboard.press('f')
    const controls = page.getByRole('region', { name: 'Playback' })
    const opacity = () => controls.evaluate((element) => Number(getComputedStyle(element).opacity))
    await page.getByRole('button', { name: 'Leave full screen' }).waitFor()
    await untilSeen(async () => (await opacity()) === 0, 'no controls')
    await page.mouse.move(100, 100)
    await page.mouse.move(120, 120)
    await untilSeen(async () => (await opacity()) > 0.5, 'controls')
    await page.keyboard.press('f')
    await page.getByRole('button', { name: 'Full screen' }).waitFor()
  })
})

describe('the watch page', () => {
  for (const colorScheme of ['light', 'dark'] as const)
    it(`has nothing that axe finds wrong, ${colorScheme}`, async () => {
      const server = await TestServer.start()
      const metadata_json = JSON.stringify({ beam: { x: 1 }, list: [1, 2], text: 'a'.repeat(500) })
      const warnings_json = JSON.stringify({ warning_no_hardhat: { count: 2 } })
      keepPublishing(server, 'cam', () => ({ ...DETECTED, metadata_json, warnings_json }))
      const page = await openWatch(server, 'cam', { context: { colorScheme } })
      await untilLive(page)
      await page.getByTestId('metadata').waitFor()
      expect(await axeViolations(page)).toEqual([])
      await page.keyboard.press('Space')
      await stageOf(page)
        .getByText(/Frozen/)
        .waitFor()
      expect(await axeViolations(page)).toEqual([])
    })
})

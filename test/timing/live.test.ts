import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { CuttableNetwork } from '../support/cut.ts'
import { expectHonest, newPicturesAfter, Recording } from '../support/recording.ts'
import { TestServer } from '../support/server.ts'
import { Source } from '../support/source.ts'
import { until } from '../support/until.ts'
import { isLive, tilesOf, untilTile } from '../support/wall.ts'

/*
 * Whatever happens between the camera and the eye: what looks live is live, and nothing old is played. Each picture is
 * numbered by its colour, and what the screen shows is looked at sixty times a second.
 */

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

/** What the browser itself says of each attempt to connect to a server that is not there. */
const REFUSED = /ERR_CONNECTION_REFUSED/

/** How long something takes, ms. */
async function took(something: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await something
  return performance.now() - start
}

describe('a server that goes', () => {
  it('is told at once, its pictures are grey, and what it sends when it is back is new', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url)
    const { page } = await openPage(browser, server.url, { mayComplain: REFUSED })
    await untilTile(page, isLive, 'a live tile')
    const recording = await Recording.start(page)
    await server.close()
    const passed = await took(untilTile(page, ({ kind }) => kind === 'disconnected', 'a tile that is cut off'))
    expect(passed).toBeLessThan(1000)
    const [gone] = await tilesOf(page)
    expect(gone?.isGrey).toBe(true)
    expect(gone?.note).toMatch(/^No connection since \d\d:\d\d:\d\d$/)
    await page.getByText('The server does not answer').waitFor()

    const again = await TestServer.start({ config: { port: new URL(server.url).port } })
    const back = Date.now()
    await untilTile(page, isLive, 'live again')
    await page.getByText('The server does not answer').waitFor({ state: 'detached' })
    await source.sent(5)
    const sights = await recording.sights()
    expectHonest(sights, source)
    const news = newPicturesAfter(sights, back)
    expect(news.length).toBeGreaterThan(0)
    for (const n of news) expect(source.sentAt[n]).toBeGreaterThanOrEqual(back - 200)
    await again.close()
  })
})

describe('a network that is cut, though nobody closed the connection', () => {
  it('makes pictures late, then cut off; when it is back nothing that it held back is played', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url)
    const network = await CuttableNetwork.to(server.url)
    const { page } = await openPage(browser, network.url)
    await untilTile(page, isLive, 'a live tile')
    const recording = await Recording.start(page)
    network.cut()
    const untilLate = await took(untilTile(page, ({ kind }) => kind !== 'live', 'a late tile'))
    expect(untilLate).toBeLessThan(3000)
    const untilCut = await took(untilTile(page, ({ kind }) => kind === 'disconnected', 'a tile that is cut off'))
    // It is asked every 2.5 s whether the server is there, which has 6 s to answer.
    expect(untilLate + untilCut).toBeLessThan(9500)
    const back = Date.now()
    network.mend()
    await untilTile(page, isLive, 'live again')
    await source.sent(5)
    const sights = await recording.sights()
    expectHonest(sights, source)
    for (const n of newPicturesAfter(sights, back)) expect(source.sentAt[n]).toBeGreaterThanOrEqual(back - 500)
  })

  it('for a moment only: what it held back is a few pictures, and none of them is called live', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url)
    const network = await CuttableNetwork.to(server.url)
    const { page } = await openPage(browser, network.url)
    await untilTile(page, isLive, 'a live tile')
    const recording = await Recording.start(page)
    network.cut()
    await untilTile(page, ({ kind }) => kind === 'late', 'a late tile')
    const back = Date.now()
    network.mend()
    await untilTile(page, isLive, 'live again')
    await source.sent(5)
    const sights = await recording.sights()
    expectHonest(sights, source)
    const old = newPicturesAfter(sights, back).filter((n) => (source.sentAt[n] ?? 0) < back - 500)
    expect(old.length).toBeLessThanOrEqual(3)
  })
})

describe('a device that is offline', () => {
  it('tries at once when it is back, however long it would have waited', async () => {
    const server = await TestServer.start()
    new Source(server.url)
    const { page } = await openPage(browser, server.url, { mayComplain: /WebSocket connection/ })
    await untilTile(page, isLive, 'a live tile')
    const port = Number(new URL(server.url).port)
    await server.close()
    // The wait after the fifth attempt is 4 s at least.
    await refuse(port, 5)
    await TestServer.start({ config: { port } })
    // This alone does not keep Chromium's WebSockets from connecting; it is how the browser says that the network is back.
    await page.context().setOffline(true)
    await page.context().setOffline(false)
    expect(await took(untilTile(page, isLive, 'live again'))).toBeLessThan(2000)
  })
})

describe('a tab that is hidden', () => {
  it('is sent nothing, and shows nothing old as live when it is seen again', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url)
    const { page } = await openPage(browser, server.url)
    await untilTile(page, isLive, 'a live tile')
    await setVisible(page, false)
    const viewers = async () => (await server.streams())[0]?.viewers
    await until(async () => (await viewers()) === 0, 'nobody who is sent pictures')
    // Until whatever was held back would be too old to be called live.
    await source.sent(40)
    expect(await viewers()).toBe(0)

    const recording = await Recording.start(page)
    const back = Date.now()
    await setVisible(page, true)
    expect(await took(untilTile(page, isLive, 'live again'))).toBeLessThan(1000)
    await source.sent(5)
    const sights = await recording.sights()
    expectHonest(sights, source)
    for (const n of newPicturesAfter(sights, back)) expect(source.sentAt[n]).toBeGreaterThanOrEqual(back - 500)
  })

  it('and frozen with all its timers is honest at the first moment it is seen', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url)
    const { page } = await openPage(browser, server.url)
    await untilTile(page, isLive, 'a live tile')
    const recording = await Recording.start(page)
    const debuggerOfPage = await page.context().newCDPSession(page)
    await setVisible(page, false)
    await debuggerOfPage.send('Page.setWebLifecycleState', { state: 'frozen' })
    await source.sent(40)
    const back = Date.now()
    await debuggerOfPage.send('Page.setWebLifecycleState', { state: 'active' })
    await setVisible(page, true)
    await untilTile(page, isLive, 'live again')
    await source.sent(5)
    const sights = await recording.sights()
    expectHonest(
      sights.filter(({ at }) => at > back),
      source,
    )
    for (const n of newPicturesAfter(sights, back)) expect(source.sentAt[n]).toBeGreaterThanOrEqual(back - 500)
  })
})

describe('a page', () => {
  it.each([-90_000, 90_000])('tells the right age where its clock and the server’s differ by %i ms', async (by) => {
    const server = await TestServer.start({ clock: { ...systemClock, now: () => Date.now() + by } })
    const source = new Source(server.url)
    const { page } = await openPage(browser, server.url)
    const tile = await untilTile(page, isLive, 'a live tile')
    expect(Number.parseFloat(tile.age)).toBeLessThan(1)
    await source.stop()
    await untilTile(
      page,
      ({ kind, age }) => kind !== 'live' && Number.parseFloat(age) > 2,
      'a tile that is no longer live',
    )
    const passed = Date.now() - (source.sentAt.at(-1) ?? 0)
    const [still] = await tilesOf(page)
    expect(Math.abs(Number.parseFloat(still?.age ?? '') * 1000 - passed)).toBeLessThan(1000)
  })
})

/** Hangs up on so many who connect to a port. */
async function refuse(port: number, times: number): Promise<void> {
  let refused = 0
  const server = createServer((socket) => {
    refused++
    socket.destroy()
  })
  server.listen(port, '127.0.0.1')
  await until(() => refused >= times, `${times} attempts to connect`)
  server.close()
  await once(server, 'close')
}

/** Headless Chromium never hides a page, whatever is in front of it: so the page is only told that it is hidden. */
async function setVisible(page: Page, isVisible: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
      document.dispatchEvent(new Event('visibilitychange'))
    },
    isVisible ? 'visible' : 'hidden',
  )
}

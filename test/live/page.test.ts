import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { expectHonest, newestNow, newPicturesAfter, Recording } from '../support/recording.ts'
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

describe('a tab that is hidden', () => {
  it('is sent nothing, and shows nothing old as live when it is seen again', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url, {}, 10)
    const { page } = await openPage(browser, server.url)
    await untilTile(page, isLive, 'a live tile')
    await setVisible(page, false)
    const viewers = async () => (await server.streams())[0]?.viewers
    await until(async () => (await viewers()) === 0, 'nobody who is sent pictures')
    // Until whatever was held back would be too old to be called live.
    await source.sent(40)
    expect(await viewers()).toBe(0)

    const recording = await Recording.start(page)
    const [back, newest] = [Date.now(), newestNow(source)]
    await setVisible(page, true)
    await untilTile(page, isLive, 'live again')
    await source.sent(5)
    const sights = await recording.sights()
    expectHonest(sights, source)
    for (const n of newPicturesAfter(sights, back)) expect(n).toBeGreaterThanOrEqual(newest)
  })

  it('and frozen with all its timers is honest at the first moment it is seen', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url, {}, 10)
    const { page } = await openPage(browser, server.url)
    await untilTile(page, isLive, 'a live tile')
    const recording = await Recording.start(page)
    const debuggerOfPage = await page.context().newCDPSession(page)
    await setVisible(page, false)
    await debuggerOfPage.send('Page.setWebLifecycleState', { state: 'frozen' })
    await source.sent(40)
    const [back, newest] = [Date.now(), newestNow(source)]
    await debuggerOfPage.send('Page.setWebLifecycleState', { state: 'active' })
    await setVisible(page, true)
    await untilTile(page, isLive, 'live again')
    await source.sent(5)
    const sights = await recording.sights()
    expectHonest(
      sights.filter(({ at }) => at > back),
      source,
    )
    for (const n of newPicturesAfter(sights, back)) expect(n).toBeGreaterThanOrEqual(newest)
  })
})

describe('a page', () => {
  it.each([-90_000, 90_000])('tells the right age where its clock and the server’s differ by %i ms', async (by) => {
    const server = await TestServer.start({ clock: { ...systemClock, now: () => Date.now() + by } })
    const source = new Source(server.url, {}, 10)
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

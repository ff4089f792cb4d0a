import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectChromium, openPage } from '../support/chromium.ts'
import { startFullWall, untilFullWall } from '../support/full-wall.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

it('nothing jumps on a wall that is live', async () => {
  const { server, live } = await startFullWall()
  const { page } = await openPage(browser, server.url, { context: { viewport: { width: 1440, height: 900 } } })
  await untilFullWall(page)
  // Beginning now, not with what came before: tiles find their places when the first pictures come.
  await page.evaluate(() => {
    globalThis.shift = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if ('value' in entry) globalThis.shift += Number(entry.value)
    }).observe({ type: 'layout-shift' })
  })
  await live.sent(50)
  expect(await page.evaluate(() => globalThis.shift)).toBeLessThanOrEqual(0.02)
})

declare global {
  /** How far things have moved since it was set to 0, as layout-shift entries have it. */
  var shift: number
}

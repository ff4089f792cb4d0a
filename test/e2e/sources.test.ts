import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectChromium, openPage } from '../support/chromium.ts'
import { anyone } from '../support/hub.ts'
import { TestServer } from '../support/server.ts'
import { Source } from '../support/source.ts'
import { isLive, untilTile } from '../support/wall.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

const NAME = { label: 'yard', key: 'camera' }
const ON_DEMAND = { when: 'on-demand', startTimeout: 60_000, closeAfter: 0 } as const

it('the wall wakes a stream that runs on demand, and says what its source is doing and what is wrong with it', async () => {
  const server = await TestServer.start({ config: { 'streams.stale_after_ms': 500 } })
  const told: number[] = []
  const declaration = server.hub.declare(anyone, NAME, ON_DEMAND, {
    demandChanged: ({ viewers }) => told.push(viewers),
  })
  const { page } = await openPage(browser, server.url)
  await untilTile(page, ({ kind, note }) => kind === 'starting' && note === 'Starting …', 'a stream that starts')
  expect(told).toEqual([1])
  declaration.failed('connection refused')
  await untilTile(page, ({ note }) => note === 'Offline: connection refused', 'what is wrong')
  const camera = new Source(server.url, NAME)
  await untilTile(page, isLive, 'a live tile')
  await camera.stop()
  declaration.failed('wrong password')
  await untilTile(page, ({ note }) => /^Stopped since .+: wrong password$/.test(note), 'what is wrong now')
})

it('the watch page says in Chinese, too, what a source is doing', async () => {
  const server = await TestServer.start()
  const declaration = server.hub.declare(anyone, NAME, ON_DEMAND, { demandChanged() {} })
  const context = { locale: 'zh-TW' }
  const { page } = await openPage(browser, `${server.url}/watch/yard/camera`, { context })
  await page.getByTestId('note').getByText('啟動中…').waitFor()
  declaration.failed('connection refused')
  await page.getByTestId('note').getByText('離線：connection refused').waitFor()
})

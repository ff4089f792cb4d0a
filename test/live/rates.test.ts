import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectChromium, openPage } from '../support/chromium.ts'
import { DEMO_KEYS, liveDemoKeys, startDemo, takePicture, watchDemo } from '../support/demo.ts'
import { KEY, TestServer } from '../support/server.ts'
import { Source } from '../support/source.ts'
import { until } from '../support/until.ts'
import { isLive, untilTile } from '../support/wall.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

describe('a small tile of the wall', () => {
  it('is streamed at the rate that it can use: of a fast camera some 15 pictures a second', async () => {
    const server = await TestServer.start()
    new Source(server.url, {}, 50)
    const { page } = await openPage(browser, `${server.url}/?size=small`)
    await untilTile(page, isLive, 'a live tile')
    const before = await framesOut(server)
    const start = performance.now()
    await until(async () => (await framesOut(server)) - before >= 40, '40 pictures')
    const rate = 40 / ((performance.now() - start) / 1000)
    expect(rate).toBeLessThanOrEqual(16)
    // On a busy machine fewer.
    expect(rate).toBeGreaterThan(1)
  })
})

async function framesOut(server: TestServer): Promise<number> {
  const text = await (await server.get('/metrics')).text()
  const counts = text.matchAll(/^belvedere_frames_out_total\{.*\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

describe('the publish page', () => {
  it.each([
    ['video frame callbacks', 'delete window.MediaStreamTrackProcessor'],
    ['timers', 'delete window.MediaStreamTrackProcessor; delete HTMLVideoElement.prototype.requestVideoFrameCallback'],
  ])('publishes where the browser has %s only', async (_, before) => {
    const server = await TestServer.start()
    const { page } = await openPage(browser, `${server.url}/publish#key=${KEY}`, {
      context: { permissions: ['camera'] },
      prepare: (page) => page.addInitScript(before),
    })
    await page.getByRole('button', { name: 'Start publishing' }).click()
    await until(async () => {
      const fps = Number((await server.streams())[0]?.fps)
      // On a busy machine fewer.
      return fps > 3 && fps < 13
    }, 'ten pictures a second')
  })
})

describe('the demo', () => {
  it('draws ten frames a second for who watches, and one for nobody', async () => {
    const server = await startDemo()
    const viewer = await watchDemo(server)
    const rates = async () => (await server.streams()).map(({ fps }) => Number(fps))
    const isFast = new AbortController()
    const watching = (async () => {
      while (!isFast.signal.aborted) await takePicture(viewer)
    })()
    // Less than ten where the machine is busy: late frames are left out.
    await until(async () => (await rates()).every((fps) => fps > 2 && fps < 10.6), 'about ten frames a second')
    isFast.abort()
    await watching
    await viewer.close()
    await until(async () => (await rates()).every((fps) => fps > 0.5 && fps < 1.5), 'about one frame a second')
    expect(await liveDemoKeys(server)).toEqual(DEMO_KEYS)
  })
})

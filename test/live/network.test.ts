import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectChromium, openPage } from '../support/chromium.ts'
import { CuttableNetwork } from '../support/cut.ts'
import { freePort } from '../support/free-port.ts'
import { expectHonest, newestNow, newPicturesAfter, Recording } from '../support/recording.ts'
import { TestServer } from '../support/server.ts'
import { Source } from '../support/source.ts'
import { took } from '../support/took.ts'
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

describe('a server that goes', () => {
  it('is told at once, its pictures are grey, and what it sends when it is back is new', async () => {
    const config = { port: await freePort() }
    const server = await TestServer.start({ config })
    const source = new Source(server.url, {}, 10)
    const { page } = await openPage(browser, server.url, { mayComplain: REFUSED })
    await untilTile(page, isLive, 'a live tile')
    const recording = await Recording.start(page)
    await server.close()
    const passed = await took(untilTile(page, ({ kind }) => kind === 'disconnected', 'a tile that is cut off'))
    // Not by its silence, after 6 s.
    expect(passed).toBeLessThan(5000)
    const [gone] = await tilesOf(page)
    expect(gone?.isGrey).toBe(true)
    expect(gone?.note).toMatch(/^No connection since \d\d:\d\d:\d\d$/)
    await page.getByText('Can’t reach the server').waitFor()

    const [back, newest] = [Date.now(), newestNow(source)]
    const again = await TestServer.start({ config })
    await untilTile(page, isLive, 'live again')
    await page.getByText('Can’t reach the server').waitFor({ state: 'detached' })
    await source.sent(5)
    const sights = await recording.sights()
    expectHonest(sights, source)
    const news = newPicturesAfter(sights, back)
    expect(news.length).toBeGreaterThan(0)
    for (const n of news) expect(n).toBeGreaterThanOrEqual(newest)
    await again.close()
  })
})

describe('a network that is cut, though nobody closed the connection', () => {
  it('makes pictures late, then cut off; when it is back nothing that it held back is played', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url, {}, 10)
    const network = await CuttableNetwork.to(server.url)
    const { page } = await openPage(browser, network.url)
    await untilTile(page, isLive, 'a live tile')
    const recording = await Recording.start(page)
    network.cut()
    const untilLate = await took(untilTile(page, ({ kind }) => kind !== 'live', 'a late tile'))
    expect(untilLate).toBeLessThan(6000)
    const untilCut = await took(untilTile(page, ({ kind }) => kind === 'disconnected', 'a tile that is cut off'))
    // It is asked every 2.5 s whether the server is there, which has 6 s to answer.
    expect(untilLate + untilCut).toBeLessThan(20_000)
    const [back, newest] = [Date.now(), newestNow(source)]
    network.mend()
    await untilTile(page, isLive, 'live again')
    await source.sent(5)
    const sights = await recording.sights()
    expectHonest(sights, source)
    for (const n of newPicturesAfter(sights, back)) expect(n).toBeGreaterThanOrEqual(newest)
  })

  it('for a moment only: what it held back is a few pictures, and none of them is called live', async () => {
    const server = await TestServer.start()
    const source = new Source(server.url, {}, 10)
    const network = await CuttableNetwork.to(server.url)
    const { page } = await openPage(browser, network.url)
    await untilTile(page, isLive, 'a live tile')
    const recording = await Recording.start(page)
    network.cut()
    await untilTile(page, ({ kind }) => kind === 'late', 'a late tile')
    const [back, newest] = [Date.now(), newestNow(source)]
    network.mend()
    await untilTile(page, isLive, 'live again')
    await source.sent(5)
    const sights = await recording.sights()
    expectHonest(sights, source)
    const old = newPicturesAfter(sights, back).filter((n) => n < newest)
    expect(old.length).toBeLessThanOrEqual(3)
  })
})

describe('a device that is offline', () => {
  it('tries at once when it is back, however long it would have waited', async () => {
    const port = await freePort()
    const server = await TestServer.start({ config: { port } })
    new Source(server.url, {}, 10)
    const { page } = await openPage(browser, server.url, { mayComplain: /WebSocket connection|Failed to load/ })
    await untilTile(page, isLive, 'a live tile')
    await server.close()
    // The wait after the fifth attempt is 4 s at least.
    await refuse(port, 5)
    await TestServer.start({ config: { port } })
    // This alone does not keep Chromium's WebSockets from connecting; it is how the browser says that the network is back.
    await page.context().setOffline(true)
    await page.context().setOffline(false)
    expect(await took(untilTile(page, isLive, 'live again'))).toBeLessThan(3500)
  })
})

/** Hangs up on whoever connects to a port, until so many wanted a WebSocket. */
async function refuse(port: number, times: number): Promise<void> {
  let refused = 0
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (head: Buffer) => {
      if (head.includes('/ws/live')) refused++
      socket.destroy()
    })
  })
  server.listen(port, '127.0.0.1')
  await until(() => refused >= times, `${times} attempts to connect`)
  server.close()
  await once(server, 'close')
}

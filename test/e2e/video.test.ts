import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import type * as video from '../../client/script-tag/video-stream-client.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { jpeg } from '../support/pictures.ts'
import { TestServer } from '../support/server.ts'
import { until, untilSeen } from '../support/until.ts'

/* MJPEG in a browser: in a plain <img>, and with the client of old pages. */

declare global {
  var VideoStreamClient: typeof video.VideoStreamClient
  var client: video.VideoStreamClient
}

/** A page of the server with an empty `<img>`. */
async function openWithImage(server: TestServer): Promise<Page> {
  const browser = await connectChromium()
  onTestFinished(() => browser.close())
  const { page } = await openPage(browser, `${server.url}/healthz`, { mayComplain: /404|503|ERR_/ })
  await page.evaluate(() => document.body.replaceChildren(new Image()))
  return page
}

/** Waits until the image shows a picture of that width. */
const shows = (page: Page, width: number) =>
  untilSeen(
    () => page.evaluate((width) => document.querySelector('img')?.naturalWidth === width, width),
    `a picture of ${width} pixels`,
  )

it('an <img> is enough: of a stream that stands still it shows the newest picture, not the one before', async () => {
  const server = await TestServer.start({ config: { 'streams.stale_after_ms': 20_000 } })
  const page = await openWithImage(server)
  await server.publish('site', 'camera', { file: jpeg(64, 48) })
  await page.evaluate(() => {
    const image = document.querySelector('img')
    if (image) image.src = '/streams/site/camera/mjpeg'
  })
  await shows(page, 64)
  for (const width of [80, 96]) {
    await server.publish('site', 'camera', { file: jpeg(width, 48) })
    await shows(page, width)
  }
})

describe('VideoStreamClient', () => {
  async function start(
    server: TestServer,
    more: { readonly checkInterval?: number; readonly renewInterval?: number } = {},
  ) {
    const page = await openWithImage(server)
    await page.addScriptTag({ url: '/static/js/video-stream.js' })
    await page.evaluate((more) => {
      const [image] = document.images
      if (!image) throw new Error('no image')
      globalThis.client = new VideoStreamClient(image, { minDelay: 50, maxDelay: 100, checkInterval: 200, ...more })
    }, more)
    const begin = (quality?: string) =>
      page.evaluate(
        (quality) =>
          client.startStream(quality).then(
            ({ state }) => state,
            (error: Error) => error.message,
          ),
        quality,
      )
    return { page, begin, status: () => page.evaluate(() => client.getStatus()) }
  }

  it('shows the default camera, in another quality without a gap, and closes the video when it stops', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'camera', { file: jpeg(64, 48) })
    const { page, begin, status } = await start(server)
    expect(await begin('high')).toBe('streaming')
    await shows(page, 64)
    expect(await status()).toMatchObject({ isStreaming: true, quality: 'high' })
    const gaps = page.evaluate(async () => {
      let gaps = 0
      const look = () => {
        if (document.images[0]?.naturalWidth !== 64) gaps++
        if (!isOver) requestAnimationFrame(look)
      }
      let isOver = false
      look()
      await client.changeQuality('low')
      isOver = true
      return gaps
    })
    expect(await gaps).toBe(0)
    expect((await status()).stream_url).toContain('quality=low')
    // The browser closes what it does not show any more.
    await until(() => server.hub.viewers === 1, 'one video')
    await page.evaluate(() => client.stopStream())
    await until(() => server.hub.viewers === 0, 'no video')
    expect(await status()).toMatchObject({ state: 'stopped', isStreaming: false })
  })

  it('keeps what it shows while it opens the video anew, now and then and in another quality', async () => {
    const server = await TestServer.start()
    let n = 0
    const send = () => server.publish('site', 'camera', { file: jpeg(64, 48, 2000, `${n++}`) })
    await send()
    const timer = setInterval(() => void send().catch(() => {}), 50)
    onTestFinished(() => clearInterval(timer))
    const { page, begin } = await start(server, { checkInterval: 50, renewInterval: 100 })
    await begin()
    const seen = await page.evaluate(async () => {
      const [image] = document.images
      const videos = new Set()
      let gaps = 0
      const look = () => {
        const { isStreaming, stream_url } = client.getStatus()
        videos.add(stream_url)
        // Some browsers say so for each picture.
        image?.dispatchEvent(new Event('load'))
        if (image?.naturalWidth !== 64 || !isStreaming) gaps++
        if (!isOver) requestAnimationFrame(look)
      }
      let isOver = false
      look()
      for (const quality of ['low', 'high', 'medium']) await client.changeQuality(quality)
      while (videos.size < 6) await new Promise(requestAnimationFrame)
      isOver = true
      return { gaps, videos: videos.size }
    })
    expect(seen).toEqual({ gaps: 0, videos: 6 })
  })

  it('gives its place up for another quality where it was the last one', async () => {
    const server = await TestServer.start({ config: { 'streaming.max_videos': 1 } })
    await server.publish('site', 'camera', { file: jpeg(64, 48) })
    const { page, begin, status } = await start(server)
    await begin()
    expect(await begin('low')).toBe('streaming')
    expect((await status()).stream_url).toContain('quality=low')
    await shows(page, 64)
  })

  it('complains of nothing that the page does not wait for', async () => {
    const server = await TestServer.start()
    const { page } = await start(server)
    const unhandled = await page.evaluate(async () => {
      let unhandled = 0
      addEventListener('unhandledrejection', () => unhandled++)
      void client.startStream()
      void client.changeQuality('low')
      await new Promise((resolve) => setTimeout(resolve, 20))
      client.stopStream()
      await new Promise((resolve) => setTimeout(resolve, 20))
      return unhandled
    })
    expect(unhandled).toBe(0)
  })

  it('says why there is no video, and shows it once there is', async () => {
    const server = await TestServer.start()
    const { page, begin, status } = await start(server)
    expect(await begin()).toBe('There is no such camera.')
    expect((await status()).error).toBe('There is no such camera.')
    await server.publish('site', 'camera', { file: jpeg(64, 48) })
    await shows(page, 64)
  })

  it('opens the video again when the server has ended it, which the browser tells nobody', async () => {
    const config = { port: await freePort() }
    const server = await TestServer.start({ config })
    await server.publish('site', 'camera', { file: jpeg(64, 48) })
    const { page, begin } = await start(server)
    await begin()
    await server.close()
    const again = await TestServer.start({ config })
    await again.publish('site', 'camera', { file: jpeg(80, 48) })
    await shows(page, 80)
  })

  it('puts an <img> beside a <video>', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'camera', { file: jpeg(64, 48) })
    const { page } = await start(server)
    await page.evaluate(async () => {
      const video = document.createElement('video')
      video.className = 'door'
      document.body.replaceChildren(video)
      await new VideoStreamClient(video).startStream()
    })
    expect(await page.locator('img.door').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(64)
    expect(await page.locator('video').isVisible()).toBe(false)
  })
})

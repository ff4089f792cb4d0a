import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, newContext } from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { launchChromium } from '../support/launch.ts'
import { type Fields, KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

interface OpenOptions {
  /** Runs in the page before anything of ours does. */
  readonly before?: string
  readonly context?: BrowserContextOptions
  /** The shared one, if not given. */
  readonly chromium?: Browser
}

/** One with windows, of the test's own: it asks the user before a page uses a camera, and knows its cameras again. */
async function fullChromium(): Promise<Browser> {
  const launched = await launchChromium(['--use-fake-device-for-media-stream=device-count=2'])
  onTestFinished(() => launched.close())
  return launched
}

async function open(url: string, { before = '', context = {}, chromium = browser }: OpenOptions = {}): Promise<Page> {
  const opened = await newContext(chromium, context)
  onTestFinished(() => opened.close())
  await opened.addInitScript(KEEP_TRACKS + before)
  const page = await opened.newPage()
  await page.goto(url)
  return page
}

/** So that a test can see whether the camera is on. */
const KEEP_TRACKS = `
  window.tracks = []
  const { mediaDevices } = navigator
  if (mediaDevices) {
    const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices)
    mediaDevices.getUserMedia = async (wish) => {
      const stream = await getUserMedia(wish)
      window.tracks.push(...stream.getTracks())
      return stream
    }
  }
`

const camerasOn = (page: Page) =>
  page.evaluate<number>("window.tracks.filter(({ readyState }) => readyState === 'live').length")
const start = (page: Page) => page.getByRole('button', { name: 'Start publishing' }).click()
const stop = (page: Page) => page.getByRole('button', { name: 'Stop' }).click()

/** Waits for the one stream that there is to be as it should. */
async function untilStream(server: TestServer, isRight: (stream: Fields) => boolean, what: string): Promise<Fields> {
  let stream: Fields | undefined
  await until(async () => {
    ;[stream] = await server.streams()
    return stream !== undefined && isRight(stream)
  }, what)
  if (!stream) throw new Error('there is no stream')
  return stream
}

const published = async (server: TestServer) => (await server.streams()).length

describe('the publish page', () => {
  it('makes the camera a stream of the chosen size and rate, tells what it sends, and ends it all when stopped', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/publish#key=${KEY}`)
    expect(page.url()).toBe(`${server.url}/publish`)
    const sockets: { url: () => string; isClosed: () => boolean }[] = []
    page.on('websocket', (socket) => sockets.push(socket))

    await page.getByLabel('Label').fill('工地 1')
    await page.getByLabel('Name', { exact: false }).first().fill('gate')
    await page.getByRole('radiogroup', { name: 'Size' }).getByText('320').click()
    await page.getByRole('radiogroup', { name: 'Rate' }).getByText('5', { exact: true }).click()
    await start(page)
    const stream = await untilStream(server, ({ fps }) => Number(fps) > 1 && Number(fps) < 6, 'five pictures a second')
    expect(stream).toMatchObject({ label: '工地 1', key: 'gate', state: 'live', width: 320, height: 240 })
    expect(stream.last_frame).toMatchObject({ media_type: 'image/jpeg', captured_at: expect.any(Number) })

    await page.getByText('Live', { exact: true }).waitFor()
    await until(async () => /^[1-5]\.\d \/s/.test(await page.getByTestId('fact-rate').innerText()), 'the rate')
    expect(await page.getByTestId('fact-size').innerText()).toBe('320 × 240')
    expect(await page.getByTestId('fact-delay').innerText()).toMatch(/^\d+ ms$/)
    expect(await page.getByRole('link', { name: 'Watch it' }).getAttribute('href')).toBe(
      `${server.url}/watch/${encodeURIComponent('工地 1')}/gate`,
    )

    // While it is live.
    await page.getByRole('radiogroup', { name: 'Size' }).getByText('640').click()
    await untilStream(server, ({ width }) => width === 640, 'a larger picture')

    expect(await camerasOn(page)).toBe(1)
    await stop(page)
    await until(async () => (await camerasOn(page)) === 0, 'the camera goes off')
    await until(() => sockets.some((socket) => socket.url().includes('/ws/frames')), 'a socket')
    await until(
      () => sockets.filter((socket) => socket.url().includes('/ws/frames')).every((socket) => socket.isClosed()),
      'it is closed',
    )
    await page.getByText('The camera is off.').waitFor()
  })

  it('releases camera and socket when the page is left for another', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/publish#key=${KEY}`)
    const socket = page.waitForEvent('websocket', (each) => each.url().includes('/ws/frames'))
    await start(page)
    await untilStream(server, () => true, 'a stream')
    await page
      .getByRole('banner')
      .getByRole('link', { name: /Belvedere/ })
      .click()
    await until(async () => (await camerasOn(page)) === 0, 'the camera goes off')
    const opened = await socket
    await until(() => opened.isClosed(), 'the socket is closed')
  })

  it('shows the camera to its user alone until told to publish', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/publish#key=${KEY}`)
    await page.getByRole('button', { name: 'Preview only' }).click()
    await page.getByText('Nothing is sent.').waitFor()
    await until(() => page.evaluate<boolean>("document.querySelector('video').videoWidth > 0"), 'a preview')
    expect(await published(server)).toBe(0)
    await start(page)
    await untilStream(server, () => true, 'a stream')
    expect(await camerasOn(page)).toBe(1)
  })

  it('changes to another camera while it publishes, and remembers it', async () => {
    const server = await TestServer.start()
    const chromium = await fullChromium()
    const page = await open(`${server.url}/publish#key=${KEY}`, { chromium, context: { permissions: ['camera'] } })
    await start(page)
    await untilStream(server, () => true, 'a stream')
    const choice = page.getByLabel('Camera', { exact: true })
    const names = await choice.getByRole('option').allInnerTexts()
    const other = names.at(-1) ?? ''
    await choice.selectOption({ label: other })
    const used = () => page.evaluate<string>("window.tracks.find(({ readyState }) => readyState === 'live')?.label")
    await until(async () => (await used()) === other, 'the other camera')
    expect(await camerasOn(page)).toBe(1)
    const stored = Number(await page.getByTestId('fact-stored').innerText())
    await until(async () => Number(await page.getByTestId('fact-stored').innerText()) > stored + 5, 'it goes on')
    await page.reload()
    await start(page)
    await until(async () => (await used()) === other, 'the other camera again')
  })

  it('keeps the screen awake as long as it publishes', async () => {
    const server = await TestServer.start()
    const before = `
      window.locks = 0
      navigator.wakeLock.request = async () => (window.locks++, { release: async () => { window.locks-- } })`
    const page = await open(`${server.url}/publish#key=${KEY}`, { before })
    await start(page)
    await until(async () => (await page.evaluate('window.locks')) === 1, 'a lock')
    await stop(page)
    await until(async () => (await page.evaluate('window.locks')) === 0, 'no lock')
  })

  it('goes on by itself when the server was gone', async () => {
    const config = { port: await freePort() }
    const server = await TestServer.start({ config })
    const page = await open(`${server.url}/publish#key=${KEY}`)
    await start(page)
    await untilStream(server, () => true, 'a stream')
    await page.getByText('Live', { exact: true }).waitFor()
    await server.close()
    await page.getByText('Connecting again').waitFor()
    const again = await TestServer.start({ config })
    await untilStream(again, ({ state }) => state === 'live', 'a stream again')
    await page.getByText('Live', { exact: true }).waitFor()
  })
})

describe('the publish key', () => {
  it('is asked for when the page has none, checked, and remembered', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/publish`)
    const field = page.getByLabel('Publish key', { exact: true })
    await field.fill('not-it')
    await page.getByRole('button', { name: 'Use this key' }).click()
    await page.getByRole('alert').getByText('does not know this key').waitFor()
    await field.fill(KEY)
    await field.press('Enter')
    await page.getByRole('button', { name: 'Start publishing' }).waitFor()
    expect(await published(server)).toBe(0)
    await page.reload()
    await start(page)
    await untilStream(server, () => true, 'a stream')
  })

  it('is asked for again when the one of the link is wrong, and the camera is off', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/publish#key=wrong`)
    await start(page)
    await page.getByText('does not know this key').waitFor()
    await until(async () => (await camerasOn(page)) === 0, 'the camera goes off')
    expect(await published(server)).toBe(0)
  })

  it('is forgotten when the user wants it', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/publish#key=${KEY}`)
    await page.getByRole('button', { name: 'Forget the key' }).click()
    await page.getByLabel('Publish key', { exact: true }).waitFor()
    await page.reload()
    await page.getByLabel('Publish key', { exact: true }).waitFor()
  })
})

describe('without a camera the publish page says why', () => {
  it('when the user does not allow it', async () => {
    const server = await TestServer.start()
    // It asks the user first, and there is none.
    const page = await open(`${server.url}/publish#key=${KEY}`, { chromium: await fullChromium() })
    await start(page)
    await page.getByRole('alert').getByText('not allowed here').waitFor()
    await page.getByRole('button', { name: 'Start publishing' }).waitFor()
    expect(await published(server)).toBe(0)
  })

  it.each([
    ['there is none', 'NotFoundError', 'No camera was found'],
    ['another program has it', 'NotReadableError', 'another program may have it'],
    ['something new is the matter', 'NewError', 'words of the browser'],
  ])('when %s', async (_, name, words) => {
    const server = await TestServer.start()
    const before = `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('words of the browser', '${name}'))`
    const page = await open(`${server.url}/publish#key=${KEY}`, { before })
    await start(page)
    await page.getByRole('alert').getByText(words).waitFor()
  })

  it('when it is taken away', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/publish#key=${KEY}`)
    await start(page)
    await untilStream(server, () => true, 'a stream')
    await page.evaluate("window.tracks.at(-1).dispatchEvent(new Event('ended'))")
    await page.getByRole('alert').getByText('unplugged').waitFor()
    await until(async () => (await camerasOn(page)) === 0, 'nothing stays on')
  })

  it('when the page came by http from another name', async () => {
    const server = await TestServer.start({ config: { 'http.allowed_hosts': 'camera.test' } })
    const url = server.url.replace('127.0.0.1', 'camera.test')
    const page = await open(`${url}/publish#key=${KEY}`)
    await start(page)
    await page.getByRole('alert').getByText('https').waitFor()
  })

  it('when the page was hidden and got no pictures', async () => {
    const server = await TestServer.start()
    const before = 'delete window.MediaStreamTrackProcessor'
    const page = await open(`${server.url}/publish#key=${KEY}`, { before })
    await start(page)
    await untilStream(server, () => true, 'a stream')
    // A video that does not play gives no pictures, as one in a hidden page.
    await page.evaluate("document.querySelector('video').pause()")
    await until(async () => {
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
      return page.getByText(/Paused for \d+ s while this page was hidden/).isVisible()
    }, 'the note')
  })
})

describe('the publish page for everybody', () => {
  it.each([
    ['light', 'en-US', 1440, 900],
    ['dark', 'zh-TW', 390, 844],
  ] as const)('has nothing that axe finds wrong (%s, %s)', async (colorScheme, locale, width, height) => {
    const server = await TestServer.start()
    const context = { colorScheme, locale, viewport: { width, height } }
    const page = await open(`${server.url}/publish`, { context })
    await page.locator('h1').waitFor()
    expect(await axeViolations(page)).toEqual([])
    const live = await open(`${server.url}/publish#key=${KEY}`, { context })
    await live
      .getByRole('button')
      .filter({ hasText: /^Start|^開始/ })
      .click()
    await untilStream(server, () => true, 'a stream')
    await live.getByText(/^(Live|即時)$/).waitFor()
    expect(await axeViolations(live)).toEqual([])
  })

  it('works by keyboard alone', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/publish#key=${KEY}`)
    await page.getByRole('button', { name: 'Start publishing' }).focus()
    await page.keyboard.press('Enter')
    await untilStream(server, () => true, 'a stream')
    await page.getByRole('button', { name: 'Stop' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('The camera is off.').waitFor()
  })
})

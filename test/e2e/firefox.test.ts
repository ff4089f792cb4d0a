import { expect, it } from 'vitest'
import type * as eventStream from '../../client/script-tag/event-stream-client.ts'
import type * as webSocket from '../../client/script-tag/websocket-client.ts'
import { PATHS } from '../../web/paths.ts'
import { must, textOf } from '../support/accounts.ts'
import { numberOf, painted } from '../support/colours.ts'
import { EmbeddingSite } from '../support/embedding-site.ts'
import { firefoxOfFile, setPreference } from '../support/firefox.ts'
import { FirefoxPage } from '../support/firefox-page.ts'
import { PASSWORD, startWithAdmin } from '../support/people.ts'
import { jpeg } from '../support/pictures.ts'
import { Pixels } from '../support/pixels.ts'
import { KEY, TestServer } from '../support/server.ts'
import { Source } from '../support/source.ts'
import { untilSeen } from '../support/until.ts'
import { isLive, untilTile } from '../support/wall.ts'

/* What each page is for, in Firefox. All else is tested in Chromium. */

declare global {
  var EventStreamClient: typeof eventStream.EventStreamClient
  var WebSocketClient: typeof webSocket.WebSocketClient
  var told: string[]
}

const firefox = firefoxOfFile()

async function open(url: string): Promise<FirefoxPage> {
  return FirefoxPage.open(await firefox(), url)
}

async function signIn(page: FirefoxPage): Promise<void> {
  await page.click('input[autocomplete=username]')
  await page.type('admin')
  await page.click('input[type=password]')
  await page.type(PASSWORD)
  await page.click('button', 'Sign in')
}

it('shows streams live on the wall, and one of them large with what was detected, its age also in forced colours', async () => {
  const server = await TestServer.start()
  new Source(server.url, { key: 'counter' })
  const page = await open(server.url)
  const { pixel } = await untilTile(page, (tile) => isLive(tile) && numberOf(tile.pixel) > 0, 'a live tile')
  await untilTile(page, (tile) => isLive(tile) && numberOf(tile.pixel) > numberOf(pixel), 'a later picture')

  const file = painted({ width: 400, height: 200 }, [{ x: 100, y: 50, width: 200, height: 100, colour: [0, 0, 255] }])
  new Source(server.url, { file, detection_items_json: '[[100, 50, 300, 150, 0.9, 5]]' })
  await page.click('a[href="/watch/site/camera"]')
  await page.waitFor('section[data-kind=live]')
  await untilSeen(async () => {
    const stage = await Pixels.of(await page.screenshot('section[data-kind]'))
    const [rectangle, line] = [stage.extent(isBlue), stage.extent(isPersonLine)]
    return rectangle !== undefined && line !== undefined && Math.abs(line.left - rectangle.left) < 5
  }, 'a blue rectangle, and a line around it')
  expect(await page.evaluate(() => document.querySelector('section[data-kind]')?.textContent)).toMatch(/\d+\.\d+ s/)

  // The age is written over the picture, in colours of ours.
  const colourOfAge = () =>
    page.evaluate(() => [...document.querySelectorAll('[data-testid=state]')].map((age) => getComputedStyle(age).color))
  const colour = await colourOfAge()
  await setPreference(await firefox(), 'browser.display.document_color_use', 2)
  await untilSeen(() => page.evaluate(() => matchMedia('(forced-colors: active)').matches), 'forced colours')
  expect(await colourOfAge()).toEqual(colour)
})

const isBlue = ([red = 0, green = 0, blue = 0]: readonly number[]) => blue > 240 && red < 20 && green < 20
const isPersonLine = ([red = 0, green = 0, blue = 0]: readonly number[]) =>
  green > 90 && blue - red > 40 && blue > green && green > red

it('signs in, and opens each page for those who are', async () => {
  const { server } = await startWithAdmin({ 'access.anonymous': 'none' })
  const page = await open(server.url)
  await signIn(page)
  await page.waitFor('h1', 'Nothing to see yet')
  await page.goto(server.url + PATHS.account)
  await page.waitFor('h1', 'My account')
  await page.goto(server.url + PATHS.users)
  await page.waitFor('h1', 'Users')
  for (const section of ['Keys', 'Share links', 'Instruments', 'Audit']) {
    await page.click('nav a', section)
    await page.waitFor('h1', section)
  }
  await page.goto(`${server.url}/docs`)
  await page.waitFor('.opblock-summary-description', 'Publish a frame')
})

it('keeps the guest of a share link in a second tab', async () => {
  const { server, admin } = await startWithAdmin({ 'access.anonymous': 'none' })
  new Source(server.url, { label: 'North', key: 'gate' })
  const body = { name: 'visit', streams: [{ label: 'North' }], expires_at: Date.now() + 3_600_000 }
  const token = textOf(await must(server, 'POST /links', { token: admin, body }), 'token')
  const first = await open(`${server.url}${PATHS.shareLink}#token=${token}`)
  await untilTile(first, isLive, 'a live tile')
  const second = await open(server.url)
  await untilTile(second, isLive, 'a live tile')
})

it('publishes its camera', async () => {
  const server = await TestServer.start()
  const page = await open(`${server.url}/publish#key=${KEY}`)
  await page.click('button', 'Start publishing')
  await untilSeen(async () => {
    const [stream] = await server.streams()
    return Number(stream?.fps) > 0
  }, 'pictures')
  const [stream] = await server.streams()
  expect(stream).toMatchObject({ label: 'devices', state: 'live', width: 640, height: 480 })
  expect(stream?.last_frame).toMatchObject({ media_type: 'image/jpeg', captured_at: expect.any(Number) })
  await page.click('button', 'Stop')
  await page.waitFor('p', 'The camera is off.')
})

it('publishes no picture that it falsifies against fingerprinting, and says so', async () => {
  const server = await TestServer.start()
  await setPreference(await firefox(), 'privacy.resistFingerprinting', true)
  const page = await open(`${server.url}/publish#key=${KEY}`)
  await page.click('button', 'Start publishing')
  await untilSeen(
    () =>
      page.evaluate(() => document.querySelector('[role=alert]')?.textContent?.startsWith('Nothing is sent') === true),
    'a sentence that says so',
  )
  expect(await server.streams()).toEqual([])
})

it('shows MJPEG in an <img>, and follows events with the clients for script tags', async () => {
  const server = await TestServer.start()
  await server.publish('site', 'camera', { file: jpeg(64, 48) })
  const page = await open(`${server.url}/static/js/event-stream.js`)
  await page.evaluate(async () => {
    const image = new Image()
    image.src = '/streams/site/camera/mjpeg'
    document.body.append(image)
    for (const file of ['event-stream.js', 'websocket-client.js']) {
      const script = document.createElement('script')
      script.src = `/static/js/${file}`
      document.head.append(script)
      await new Promise((resolve) => {
        script.onload = resolve
      })
    }
    globalThis.told = []
    const stream = new EventStreamClient()
    stream.on('connected', () => told.push('stream connected'))
    stream.on('event', ({ event_id }) => told.push(`stream ${event_id}`))
    stream.connect()
    const socket = new WebSocketClient()
    socket.on('subscribed', () => told.push('socket subscribed'))
    socket.on('live_event', ({ event_id }) => told.push(`socket ${event_id}`))
    socket.connect()
    socket.subscribe(['bell'])
  })
  const untilTold = (...texts: string[]) =>
    untilSeen(async () => {
      const all = await page.evaluate(() => told)
      return texts.every((text) => all.includes(text))
    }, texts.join(', '))
  await untilTold('stream connected', 'socket subscribed')
  const id = textOf(await must(server, 'POST /events', { token: KEY, body: { type: 'bell', label: 'North' } }), 'id')
  await untilTold(`stream ${id}`, `socket ${id}`)
  const untilWidth = (width: number) =>
    untilSeen(async () => (await page.evaluate(() => document.images[0]?.naturalWidth)) === width, `${width} pixels`)
  await untilWidth(64)
  await server.publish('site', 'camera', { file: jpeg(80, 48) })
  await untilWidth(80)
})

it('shows a stream in an element of another site’s page', async () => {
  const site = await EmbeddingSite.start()
  const server = await TestServer.start({ config: { 'http.allowed_origins': site.url } })
  new Source(server.url)
  site.embed(server.url, '<belvedere-stream label="site" camera="camera"></belvedere-stream>')
  const page = await open(site.url)
  await untilSeen(
    () =>
      page.evaluate(() => {
        const root = document.querySelector('belvedere-stream')?.shadowRoot
        const canvas = root?.querySelector('canvas')
        const pixel = canvas?.getContext('2d')?.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data
        return root?.querySelector('[data-state=live]') != null && pixel?.[3] === 255
      }),
    'a live picture',
  )
})

import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { must, startHouse, textOf } from '../support/accounts.ts'
import { arrayFrame, arrayOf } from '../support/arrays.ts'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, openPage, type PageOptions } from '../support/chromium.ts'
import { numberOf, painted } from '../support/colours.ts'
import { EmbeddingSite } from '../support/embedding-site.ts'
import { anyone } from '../support/hub.ts'
import { setPixelRatio } from '../support/pixel-ratio.ts'
import { Pixels } from '../support/pixels.ts'
import { TestServer, type TestServerOptions } from '../support/server.ts'
import { Source } from '../support/source.ts'
import { until, untilSeen } from '../support/until.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

/** What an element shows. */
interface ElementSight {
  readonly state: string
  readonly age: string
  readonly note: string
  readonly reason: string
  /** The name that screen readers read. */
  readonly name: string | null
  readonly isGrey: boolean
  /** The middle pixel of its canvas: red, green, blue, alpha. */
  readonly pixel: readonly number[]
}

/** All elements of the page, in order. */
function elementsOf(page: Page): Promise<ElementSight[]> {
  return page.locator('belvedere-stream').evaluateAll((elements) =>
    elements.map(({ shadowRoot }) => {
      const canvas = shadowRoot?.querySelector('canvas')
      const stage = shadowRoot?.querySelector<HTMLElement>('[part=stage]')
      const textOf = (part: string) => shadowRoot?.querySelector(`[part=${part}]`)?.textContent ?? ''
      // From a copy: a canvas that is read often is no longer drawn by the graphics card.
      const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
      if (canvas) copy?.drawImage(canvas, canvas.width >> 1, canvas.height >> 1, 1, 1, 0, 0, 1, 1)
      const pixel = copy?.getImageData(0, 0, 1, 1).data ?? []
      return {
        state: stage?.dataset.state ?? '',
        age: textOf('age'),
        note: textOf('note'),
        reason: textOf('reason'),
        name: stage?.getAttribute('aria-label') ?? null,
        isGrey: canvas ? getComputedStyle(canvas).filter.includes('grayscale') : false,
        pixel: [...pixel],
      }
    }),
  )
}

/** Waits until the elements are as they should be. */
async function untilElements(page: Page, areRight: (elements: ElementSight[]) => boolean, what: string) {
  let seen: ElementSight[] = []
  await untilSeen(async () => {
    seen = await elementsOf(page)
    return areRight(seen)
  }, what).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : error}; there was ${JSON.stringify(seen)}`)
  })
  return seen
}

async function untilElement(page: Page, isRight: (element: ElementSight) => boolean, what: string) {
  const [element] = await untilElements(page, ([first]) => first !== undefined && isRight(first), what)
  if (!element) throw new Error('there is no element')
  return element
}

const isLive = ({ state, age, note, isGrey, pixel }: ElementSight) =>
  state === 'live' && /^\d\.\d s$/.test(age) && note === '' && !isGrey && pixel[3] === 255

/** A site that a server allows to embed its streams. */
async function startBoth({ config, ...options }: TestServerOptions = {}) {
  const site = await EmbeddingSite.start()
  const house = await startHouse({ ...options, config: { 'http.allowed_origins': site.url, ...config } })
  const show = async (body: string, { lang, ...pageOptions }: PageOptions & { lang?: string } = {}) => {
    site.embed(house.server.url, body, lang)
    return (await openPage(browser, site.url, pageOptions)).page
  }
  const share = async (...streams: object[]) => {
    const body = { name: 'embedded', streams, expires_at: Date.now() + 3_600_000 }
    const made = await must(house.server, 'POST /links', { token: house.admin, body })
    return { id: textOf(made, 'id'), token: textOf(made, 'token') }
  }
  return { ...house, site, show, share }
}

/** How many WebSockets a page opens and closes. */
function socketsOf(page: Page) {
  const counts = { opened: 0, closed: 0 }
  page.on('websocket', (socket) => {
    counts.opened++
    socket.on('close', () => counts.closed++)
  })
  return counts
}

async function viewersOf(server: TestServer, key: string): Promise<unknown> {
  return (await server.streams()).find((stream) => stream.key === key)?.viewers
}

describe('in a page of another site with a strict policy', () => {
  it('shows what happens now, over one connection, which closes with the last element', async () => {
    const { server, show } = await startBoth()
    const camera = new Source(server.url)
    new Source(server.url, { key: 'gate' })
    let sockets = { opened: 0, closed: 0 }
    const page = await show(
      '<belvedere-stream label="site" camera="camera"></belvedere-stream><belvedere-stream label="site" camera="gate"></belvedere-stream>',
      {
        prepare: async (made) => {
          sockets = socketsOf(made)
        },
      },
    )
    const [first] = await untilElements(page, (both) => both.length === 2 && both.every(isLive), 'two live pictures')
    expect(first?.name).toBe('site, camera: Live')
    const seen = numberOf(first?.pixel ?? [])
    expect(camera.last - seen).toBeLessThan(20)
    await untilElement(page, (element) => numberOf(element.pixel) > seen, 'the next picture')
    expect(sockets).toEqual({ opened: 1, closed: 0 })
    expect(await axeViolations(page)).toEqual([])

    const canvasScale = () =>
      page
        .locator('belvedere-stream canvas')
        .first()
        .evaluate((canvas: HTMLCanvasElement) => canvas.width / canvas.clientWidth)
    await setPixelRatio(page, 2)
    await untilSeen(async () => Math.abs((await canvasScale()) - 2) < 0.1, 'a picture as sharp as the screen is')
    await page
      .locator('belvedere-stream')
      .first()
      .evaluate((element) => element.remove())
    await until(async () => (await viewersOf(server, 'camera')) === 0, 'no viewer of what was removed')
    expect(await viewersOf(server, 'gate')).toBe(1)
    // Moved within the page, it goes on.
    await page.locator('belvedere-stream').evaluate((element) => document.body.append(element))
    await untilElement(page, isLive, 'a live picture where it was moved')
    expect(sockets).toEqual({ opened: 1, closed: 0 })
    const removed = page.locator('belvedere-stream').evaluate((element) => {
      element.remove()
      return 'state' in element && element.state
    })
    expect(await removed).toBe('paused')
    await until(() => sockets.closed === 1, 'the end of the connection')
  })

  it('draws arrays in the colours that its attributes ask for, and says what is wrong with them', async () => {
    const { server, show } = await startBoth()
    const values = arrayOf({ width: 64, height: 48 }, () => 100)
    await server.hub.publish(anyone, arrayFrame('site', 'screen', values), 'test')
    const page = await show(
      '<belvedere-stream label="site" camera="screen" colormap="jet" levels="0,100"></belvedere-stream>',
    )
    const isColoured = (wanted: readonly number[]) => (element: ElementSight) =>
      wanted.every((value, i) => Math.abs(value - (element.pixel[i] ?? 0)) < 8)
    await untilElement(page, isColoured([128, 0, 0]), 'the last colour of jet')
    const set = (name: string, value: string) =>
      page
        .locator('belvedere-stream')
        .evaluate((element, [attribute, text]) => element.setAttribute(attribute, text), [name, value] as const)
    await set('colormap', 'grey')
    const refused = await untilElement(page, ({ state }) => state === 'refused', 'a refusal')
    expect(refused.reason).toMatch(/^colormap: must be one of gray, /)
    await set('colormap', 'gray')
    await untilElement(page, isColoured([255, 255, 255]), 'the last colour of gray')
  })

  it('turns grey and says since when if the camera stops, and comes back with it', async () => {
    const { server, show } = await startBoth({ config: { 'streams.stale_after_ms': 500 } })
    const camera = new Source(server.url, {}, 10)
    // Of the attempts to connect to the server that is gone.
    const mayComplain = /ERR_CONNECTION_REFUSED/
    const page = await show('<belvedere-stream label="site" camera="camera"></belvedere-stream>', { mayComplain })
    await untilElement(page, isLive, 'a live picture')
    camera.pause()
    const still = await untilElement(page, ({ state }) => state === 'stopped', 'a stopped stream')
    expect(still).toMatchObject({ isGrey: true, note: expect.stringMatching(/^Stopped since \d\d:\d\d:\d\d$/) })
    expect(still.name).toBe(`site, camera: ${still.note}`)
    camera.resume()
    await untilElement(page, isLive, 'a live picture again')
    await server.close()
    const alone = await untilElement(page, ({ state }) => state === 'disconnected', 'a lost connection')
    expect(alone).toMatchObject({ isGrey: true, note: expect.stringMatching(/^No connection since/) })
  })

  it('says so when there is no right, no such stream, no server, and nothing to show', async () => {
    const { show } = await startBoth({ config: { 'access.anonymous': 'none' } })
    const page = await show(
      `<belvedere-stream label="site" camera="camera" token="bvs_wrong"></belvedere-stream>
       <belvedere-stream></belvedere-stream>
       <belvedere-stream label="site" camera="camera" server="nonsense"></belvedere-stream>`,
    )
    const [wrong, unset, lost] = await untilElements(
      page,
      (all) => all.map(({ state }) => state).join() === 'refused,unset,refused',
      'three refusals',
    )
    expect(wrong).toMatchObject({ note: 'No access to this camera', reason: 'This link has ended.' })
    expect(unset?.note).toBe('No camera is set: label and camera are needed')
    expect(unset?.name).toBe(unset?.note)
    expect(lost?.note).toBe('This camera cannot be shown')
  })

  it('shows with a share link its streams only, and nothing any more once it is revoked', async () => {
    const { server, admin, show, share } = await startBoth({ config: { 'access.anonymous': 'none' } })
    new Source(server.url)
    new Source(server.url, { key: 'gate' })
    const { id, token } = await share({ label: 'site', key: 'camera' })
    const page = await show(
      ['camera', 'gate']
        .map((key) => `<belvedere-stream label="site" camera="${key}" token="${token}"></belvedere-stream>`)
        .join(''),
    )
    const [, other] = await untilElements(
      page,
      ([one, two]) => one !== undefined && isLive(one) && two?.state === 'refused',
      'one live picture and one refusal',
    )
    expect(other).toMatchObject({ note: 'No access to this camera', pixel: [0, 0, 0, 0] })
    await must(server, `DELETE /links/${id}`, { token: admin })
    const ended = await untilElement(page, ({ state }) => state === 'refused', 'a refusal')
    expect(ended).toMatchObject({ note: 'No access to this camera', pixel: [0, 0, 0, 0], age: '' })
  })

  it('is not watched while it is out of view', async () => {
    const { server, site, show } = await startBoth()
    // Far below what can be seen.
    site.css = 'belvedere-stream { width: 320px; margin-top: 3000px }'
    new Source(server.url)
    let sockets = { opened: 0, closed: 0 }
    const page = await show('<belvedere-stream label="site" camera="camera"></belvedere-stream>', {
      prepare: async (made) => {
        sockets = socketsOf(made)
      },
    })
    await untilElement(page, ({ state }) => state === 'paused', 'a paused element')
    expect(sockets.opened).toBe(0)
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
    await untilElement(page, isLive, 'a live picture')
    expect(await viewersOf(server, 'camera')).toBe(1)
    await page.evaluate(() => scrollTo(0, 0))
    await untilElement(page, ({ state, isGrey }) => state === 'paused' && isGrey, 'a paused element')
    await until(async () => (await viewersOf(server, 'camera')) === 0, 'no viewer')
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
    await untilElement(page, isLive, 'a live picture again')
    // In another tab.
    const turn = (visibility: string) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, visibility)
    await turn('hidden')
    await untilElement(page, ({ state }) => state === 'paused', 'a paused element')
    await until(async () => (await viewersOf(server, 'camera')) === 0, 'no viewer')
    await turn('visible')
    await untilElement(page, isLive, 'a live picture once more')
    expect(sockets).toEqual({ opened: 1, closed: 0 })
  })
})

it('is in the example, on a page of the server itself', async () => {
  const folder = fileURLToPath(new URL('../../examples', import.meta.url))
  const server = await TestServer.start({ config: { 'http.static_dir': folder, 'demo.start': 'true' } })
  const { page } = await openPage(browser, `${server.url}/static/embed.html`)
  const seen = await untilElement(page, isLive, 'a live picture')
  expect(seen.name).toBe('demo, building site: Live')
})

describe('its attributes', () => {
  it('switch streams, and the texts follow the language of the page', async () => {
    const { server, show } = await startBoth()
    new Source(server.url)
    new Source(server.url, { key: 'gate' })
    const page = await show('<belvedere-stream label="site" camera="nowhere"></belvedere-stream>', { lang: 'zh-Hant' })
    const gone = await untilElement(page, ({ state }) => state === 'gone', 'no such stream')
    expect(gone).toMatchObject({ note: '沒有這個串流', name: 'site, nowhere：沒有這個串流' })
    const states = page.evaluate(
      () =>
        new Promise<unknown[]>((resolve) => {
          const told: unknown[] = []
          const element = document.querySelector('belvedere-stream')
          element?.addEventListener('statechange', (event) => told.push(Object(event).detail.state))
          element?.addEventListener('frame', (event) => resolve([...told, Object.keys(Object(event).detail)]), {
            once: true,
          })
          Object.assign(element ?? {}, { camera: 'gate', alt: 'The gate', age: 'off' })
        }),
    )
    expect(await states).toEqual([
      'waiting',
      'live',
      ['id', 'sequence', 'receivedAt', 'capturedAt', 'width', 'height', 'skipped'],
    ])
    const live = await untilElement(page, ({ state }) => state === 'live', 'a live picture')
    expect(live).toMatchObject({ name: 'The gate：即時', age: '' })
    await page.locator('belvedere-stream').evaluate((element) => element.setAttribute('camera', 'camera'))
    await until(async () => (await viewersOf(server, 'camera')) === 1, 'a viewer of the other stream')
    expect(await viewersOf(server, 'gate')).toBe(0)
  })

  it('draw what was detected, and fill the element', async () => {
    const { server, site, show } = await startBoth({ config: { 'labels.class_names': 'site=Hat|Person' } })
    site.css = ''
    const file = painted({ width: 400, height: 200 }, [{ x: 100, y: 50, width: 200, height: 100, colour: [0, 0, 255] }])
    new Source(server.url, { file, detection_items_json: '[[100, 50, 300, 150, 0.9, 1]]' })
    const page = await show('<belvedere-stream label="site" camera="camera" boxes></belvedere-stream>', {
      context: { viewport: { width: 800, height: 600 } },
    })
    await untilElement(page, isLive, 'a live picture')
    const element = page.locator('belvedere-stream')
    const look = async () => Pixels.of(await element.screenshot())
    // The line of a person has a colour of its own: the number has become a name.
    const isLine = ([red, green, blue]: readonly [number, number, number]) => red > 100 && green > 150 && blue > 200
    await untilSeen(async () => (await look()).extent(isLine) !== undefined, 'the box of a person')
    const shape = await element.evaluate((shown) => shown.clientWidth / shown.clientHeight)
    expect(shape).toBeCloseTo(2, 1)

    await element.evaluate((shown) => {
      if (shown instanceof HTMLElement) Object.assign(shown.style, { width: '300px', height: '300px' })
      shown.removeAttribute('boxes')
      shown.setAttribute('fit', 'cover')
    })
    const isBlue = ([red, green, blue]: readonly [number, number, number]) => blue > 127 && red < 40 && green < 40
    await untilSeen(async () => {
      const { left = 0, right = 0, top = 0, bottom = 0 } = (await look()).extent(isBlue) ?? {}
      // A picture of 600 × 300: the blue is as wide as the element, and half as high.
      return right - left >= 298 && Math.abs(bottom - top - 150) <= 3
    }, 'a picture that fills the element')
  })

  it('ask for pictures as wide as they are shown, for others, or for the originals', async () => {
    const { server, site, show } = await startBoth()
    site.css = 'belvedere-stream { width: 300px }'
    const file = painted({ width: 400, height: 200 }, [])
    await server.publish('site', 'camera', { file })
    const asked: unknown[] = []
    const page = await show('<belvedere-stream label="site" camera="camera"></belvedere-stream>', {
      context: { deviceScaleFactor: 2 },
      prepare: async (page) =>
        page.on('websocket', (socket) =>
          socket.on('framesent', ({ payload }) => {
            const message = JSON.parse(String(payload))
            if (message.type === 'watch') asked.push(message.width)
          }),
        ),
    })
    const element = page.locator('belvedere-stream')
    const set = (name: string, value: string) =>
      element.evaluate((shown, [name, value]) => shown.setAttribute(name, value), [name, value] as const)
    await until(() => asked.at(-1) === 600, 'a watch')
    await element.evaluate((shown) => {
      if (shown instanceof HTMLElement) shown.style.width = '400px'
    })
    await until(() => asked.at(-1) === 800, 'more')
    await set('resolution', '320')
    await until(() => asked.at(-1) === 320, 'the width of the attribute')
    await set('resolution', 'original')
    await until(() => asked.at(-1) === undefined, 'the original')
    await set('resolution', 'nonsense')
    await until(() => asked.at(-1) === 800, 'what is shown')
    expect(asked).toEqual([600, 800, 320, undefined, 800])
  })
})

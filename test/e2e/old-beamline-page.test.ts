import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { startHouse } from '../support/accounts.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { temporaryFolder } from '../support/command.ts'
import { PASSWORD } from '../support/people.ts'
import { TestServer, type TestServerOptions } from '../support/server.ts'
import { fillSignIn } from '../support/sign-in.ts'
import { Simulator } from '../support/simulator.ts'
import { SocketIoClient } from '../support/socket-io.ts'
import { untilSeen } from '../support/until.ts'

/* A page of the old beamline viewer, with its own file of Socket.IO (1.3.6), which there is for browsers only. */

const FIXTURES = join(import.meta.dirname, '../fixtures')

/** Settings of a server that has the page, at /static/index.html, and reads a simulated beamline. */
async function beamline(size: string): Promise<NonNullable<TestServerOptions['config']>> {
  const folder = temporaryFolder()
  copyFileSync(join(FIXTURES, 'old-beamline-page/index.html'), join(folder, 'index.html'))
  copyFileSync(join(FIXTURES, 'socket.io-client-1.3.6/socket.io.js'), join(folder, 'socket.io.js'))
  const { port } = await Simulator.beamline('--size', size, '--rate', '10')
  return { source_host: '127.0.0.1', source_port: port, 'http.static_dir': folder, 'http.static_inline': 'true' }
}

async function browse() {
  const browser = await connectChromium()
  onTestFinished(() => browser.close())
  return browser
}

/** What the page shows, and of its last picture the size and the pixel in the middle. */
const shown = (page: Page) =>
  page.evaluate(() => {
    const spans = [...document.querySelectorAll('span')]
    const texts = Object.fromEntries(spans.map(({ id, textContent }) => [id, textContent]))
    const numbers: Record<string, unknown>[] = Reflect.get(window, 'numbers')
    const pictures: number = Reflect.get(window, 'pictures')
    const canvas: HTMLCanvasElement = Reflect.get(window, 'last')
    const { width, height } = canvas
    const middle = [...(canvas.getContext('2d')?.getImageData(width / 2, height / 2, 1, 1).data ?? [])]
    return { texts, numbers, pictures, width, height, middle }
  })

it('the old page shows picture and numbers, and they keep coming', async () => {
  // It takes no place of doorbell clients, of which there is only one.
  const server = await TestServer.start({ config: { ...(await beamline('640x480')), 'streaming.max_connections': 1 } })
  await new SocketIoClient(server).sees('connected')
  const { page } = await openPage(await browse(), `${server.url}/static/index.html`)
  await untilSeen(async () => (await shown(page)).pictures >= 5, 'five pictures')
  const { texts, numbers, width, height, middle } = await shown(page)
  expect([width, height]).toEqual([640, 480])
  // The middle of the beam, in a colour of viridis that is not its darkest.
  expect(middle[1]).toBeGreaterThan(60)
  expect(texts).toMatchObject({ image_size_x: '640.00', image_size_y: '480.00', repetition_rate: '100.00' })
  expect(texts.beam_energy).toMatch(/^5\.\d\d$/)
  // The page asks for its first picture before it is told of any.
  expect(numbers.length).toBeGreaterThanOrEqual(4)
  for (const message of numbers) for (const value of Object.values(message)) expect(typeof value).toBe('number')
})

it('logging in works without JavaScript at the address of the old page, and logging out ends what it let in', async () => {
  const config = { ...(await beamline('64x48')), 'access.anonymous': 'none' }
  const { server } = await startHouse({ config })
  const browser = await browse()
  const options = { context: { javaScriptEnabled: false }, mayComplain: /401/ }
  const { page } = await openPage(browser, server.url, options)
  await fillSignIn(page, 'admin', 'wrong')
  await page.getByText('Try again...').waitFor()
  await fillSignIn(page, 'admin', PASSWORD)
  await page.waitForURL(`${server.url}/`)
  // The same browser with JavaScript, for the page itself.
  const storageState = await page.context().storageState()
  const { page: viewer } = await openPage(browser, `${server.url}/static/index.html`, {
    context: { storageState },
    mayComplain: /401|ERR_/,
  })
  await untilSeen(async () => (await shown(viewer)).pictures >= 2, 'two pictures')
  await viewer.getByText('Log out').click()
  await viewer.waitForURL(`${server.url}/`)
  await viewer.getByLabel('Username').waitFor()
  expect((await viewer.context().request.get(`${server.url}/static/images/stream.png`)).status()).toBe(401)
})

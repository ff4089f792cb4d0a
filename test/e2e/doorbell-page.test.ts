import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { must, startHouse } from '../support/accounts.ts'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, openPage, type PageOptions } from '../support/chromium.ts'
import { KEY, TestServer } from '../support/server.ts'
import { untilSeen } from '../support/until.ts'

/* examples/doorbell.html, which uses the script-tag clients as old pages do. */

const EXAMPLES = { 'http.static_dir': join(import.meta.dirname, '../../examples') }

/** Opens the page, and waits until both of its connections are made. */
async function openDoorbell(server: TestServer, query = '', options: PageOptions = {}) {
  const browser = await connectChromium()
  onTestFinished(() => browser.close())
  const lines: string[] = []
  const { page } = await openPage(browser, `${server.url}/static/doorbell.html${query}`, {
    // Most of these tests have no camera.
    mayComplain: /503/,
    ...options,
    prepare: async (page) => page.on('console', (message) => lines.push(message.text())),
  })
  await page.locator('.links li[data-state=connected]').nth(1).waitFor()
  return { page, lines, ring: page.getByRole('alert') }
}

it('rings when the bell is rung, and says on the console what old pages say', async () => {
  const server = await TestServer.start({ config: EXAMPLES })
  const { page, lines, ring } = await openDoorbell(server)
  expect(lines[0]).toBe('Initializing real-time streaming...')
  expect(lines).toContainEqual(expect.stringMatching(/^Event stream connected: \{.*client_id: .+\}$/))
  expect(await ring.isVisible()).toBe(false)
  await must(server, 'POST /api/trigger-doorbell')
  await ring.waitFor()
  expect(await ring.textContent()).toContain('Somebody is at the door')
  expect(await page.locator('#events li').allTextContents()).toEqual([expect.stringContaining('Doorbell pressed')])
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'OK' }).click()
  await ring.waitFor({ state: 'hidden' })
})

it('lists what was before, without ringing for it', async () => {
  const server = await TestServer.start({ config: EXAMPLES })
  await must(server, 'POST /api/trigger-doorbell')
  const { page, ring } = await openDoorbell(server)
  await page.locator('#events li').waitFor()
  // What comes after it has been dealt with too, in order.
  await must(server, 'POST /events', { token: KEY, body: { type: 'motion', label: 'doorbell', data: {} } })
  await page.getByText('Motion').waitFor()
  expect(await page.locator('#events li').count()).toBe(2)
  expect(await ring.isVisible()).toBe(false)
})

it('shows live video of the default camera, and says so when the camera stops', async () => {
  const server = await TestServer.start({ config: { ...EXAMPLES, 'streams.stale_after_ms': 500 } })
  await server.publish('North', 'door')
  const context = { colorScheme: 'dark', viewport: { width: 390, height: 844 } } as const
  const { page } = await openDoorbell(server, '', { context })
  await page.getByAltText('Live video of North/door').waitFor()
  await page.locator('#camera[data-state=stale]').waitFor()
  await page.getByText('no new picture').waitFor()
  expect(await axeViolations(page)).toEqual([])
  // Nothing is wider than a phone.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
})

it('works with the token of a key in its address, which may not ring', async () => {
  const { server, admin } = await startHouse({ config: { ...EXAMPLES, 'access.anonymous': 'none' } })
  const { key } = await must(server, 'POST /keys', {
    token: admin,
    body: { name: 'tablet', scope: 'view', labels: ['doorbell'] },
  })
  const { page, ring } = await openDoorbell(server, `?token=${key}`)
  await must(server, 'POST /api/trigger-doorbell', { token: admin, body: { label: 'doorbell' } })
  await ring.waitFor()
  expect(await page.getByRole('button', { name: 'Ring the bell' }).isDisabled()).toBe(true)
})

it('says so when nobody is signed in', async () => {
  const { server } = await startHouse({ config: { ...EXAMPLES, 'access.anonymous': 'none' } })
  const browser = await connectChromium()
  onTestFinished(() => browser.close())
  const { page } = await openPage(browser, `${server.url}/static/doorbell.html`, {
    // A poll may still be on its way when the refused client leaves its session: Engine.IO answers 400.
    mayComplain: /40[01]|503|WebSocket is closed/,
  })
  await page.getByText('Sign in first').waitFor()
  await untilSeen(async () => (await page.locator('.links li[data-state=connecting]').count()) === 2, 'both wait')
})

it('rings the bell with its button', async () => {
  const server = await TestServer.start({ config: EXAMPLES })
  const { page, ring } = await openDoorbell(server)
  await page.getByRole('button', { name: 'Ring the bell' }).click()
  await page.getByText(/^Rang at/).waitFor()
  await ring.waitFor()
})

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CameraFailure } from '../../src/sources/cameras/camera-input.ts'
import { listOf, must, startHouse } from '../support/accounts.ts'
import { axeViolations } from '../support/axe.ts'
import { FakePuller, IDLE, TEST_RESULT } from '../support/cameras.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { PASSWORD } from '../support/people.ts'
import { RtspCamera } from '../support/rtsp-camera.ts'
import { until } from '../support/until.ts'
import { isLive, untilTile } from '../support/wall.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

const REFUSED = 'The camera refuses the log-in: a wrong user name or password, or it serves no more log-ins.'

const GO2RTC = `streams:
  front_door: rtsp://admin:secret@10.0.0.6/stream1
  garden:
    - rtsp://10.0.0.7/Streaming/Channels/102
  doorbell: exec:record --to -
`

/** A page that somebody who has signed in opens on a new server without real cameras. */
async function openAs(username: string, path: string, config: Record<string, string | number> = {}) {
  const puller = new FakePuller()
  const house = await startHouse({ config: { 'access.anonymous': 'none', ...config }, cameraPuller: puller })
  if (username !== 'admin') await house.add(username, 'model_manager', ['North', 'Yard 2'])
  const address = `${house.server.url}/app/sign-in?next=${encodeURIComponent(path)}`
  return { ...house, puller, address, username }
}

async function signIn(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

it('a camera is added by its pasted address and a test, started and stopped, tried again, changed and removed', async () => {
  const { server, admin, puller, address } = await openAs('admin', '/')
  // What the server refuses is on the console too.
  const { page } = await openPage(browser, address, {
    mayComplain: /status of 422/,
    context: { colorScheme: 'dark', reducedMotion: 'reduce' },
  })
  await signIn(page, 'admin')
  await page.getByRole('link', { name: 'Add a camera' }).click()
  const form = page.getByRole('dialog')

  const field = form.getByLabel('Address', { exact: true })
  await form.getByRole('button', { name: 'Usual addresses' }).click()
  await form.getByRole('menuitem', { name: /^Axis/ }).click()
  await form.getByText('Usually like this').waitFor()
  await form.getByRole('button', { name: 'Test' }).click()
  await form.getByText('Complete the address').waitFor()
  await field.fill('')
  await field.pressSequentially('rtsps://admin:P@ss#1%0X@10.0.0.5/live')
  // While it is typed it stays where it is, as the next character may be one of the password.
  expect(await field.inputValue()).toBe('rtsps://admin:P@ss#1%0X@10.0.0.5/live')
  puller.onTest = () => Promise.reject(new CameraFailure('password', REFUSED))
  await form.getByRole('button', { name: 'Test' }).click()
  await form.getByRole('alert').filter({ hasText: REFUSED }).waitFor()
  expect(await field.inputValue()).toBe('rtsps://10.0.0.5/live')
  const password = form.getByLabel('Password', { exact: true })
  await password.and(page.locator(':focus')).waitFor()
  expect(await password.inputValue()).toBe('P@ss#1%0X')
  puller.onTest = async ({ certificate }) => {
    if (certificate === 'verified') throw new CameraFailure('certificate', 'It is self-signed.')
    return TEST_RESULT
  }
  await form.getByRole('button', { name: 'Test again' }).click()
  await form.getByText('It is self-signed.').waitFor()
  await form.getByRole('checkbox', { name: 'Accept its certificate' }).check()
  await form.getByRole('button', { name: 'Test' }).click()
  await form.getByText('1280 × 720 · H.264 · 0.3 s').waitFor()
  const picture = form.getByRole('img', { name: 'The camera’s picture' })
  expect(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(64)
  expect(await axeViolations(page)).toEqual([])

  await form.getByRole('button', { name: 'Add a camera' }).click()
  await form.getByText('Choose a site').waitFor()
  await form.getByRole('combobox', { name: 'Site' }).fill('North')
  await form.getByLabel('Name', { exact: true }).fill('gate')
  await form.getByRole('button', { name: 'Add a camera' }).click()
  const row = page.getByRole('list', { name: 'North' }).getByRole('listitem')
  await row.getByText('Starts when somebody watches').waitFor()
  expect(puller.started.at(-1)?.settings).toMatchObject({
    url: 'rtsps://10.0.0.5/live',
    ...{ user: 'admin', password: 'P@ss#1%0X', runs: 'on-demand', certificate: 'any' },
  })

  puller.status = {
    ...{ ...IDLE, state: 'stopped', reason: REFUSED },
    lastError: { problem: 'password', reason: REFUSED, at: Date.now() },
  }
  await row.getByText(REFUSED).waitFor()
  await row.getByRole('button', { name: 'Try again now: gate' }).click()
  await until(() => puller.retried.includes('North/gate'), 'the retry')
  expect(await axeViolations(page)).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
  await row.getByRole('button', { name: /^When gate runs/ }).click()
  await row.getByRole('menuitemradio', { name: /^Always/ }).waitFor()
  expect(await axeViolations(page)).toEqual([])
  puller.status = {
    ...{
      ...IDLE,
      state: 'live',
      codec: 'h265',
      size: { width: 1920, height: 1080 },
      rate: 25,
      bytesPerSecond: 312_500,
    },
    lastError: { problem: 'silent', reason: 'Nothing came.', at: Date.now() - 600_000 },
  }
  await row.getByRole('menuitemradio', { name: /^Always/ }).click()
  await row.getByText('H.265 · 1920 × 1080').waitFor()
  await row.getByText('25 fps · 2.5 Mb/s').waitFor()
  await row.getByText('Last trouble 10 min ago: the camera sends nothing').waitFor()

  await row.getByRole('button', { name: 'Change gate' }).click()
  await form.getByLabel('Name', { exact: true }).fill('front gate')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.waitFor({ state: 'detached' })
  await row.getByRole('heading', { name: 'front gate' }).waitFor()
  const { cameras } = await must(server, 'GET /cameras', { token: admin })
  expect(cameras).toMatchObject([{ key: 'front gate', runs: 'always', user: 'admin', has_password: true }])
  await row.getByRole('button', { name: 'Remove front gate' }).click()
  await form.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('No cameras yet').waitFor()
  expect(puller.running).toEqual([])

  await page.getByRole('button', { name: 'Import' }).click()
  await form.getByLabel('Configuration').fill(GO2RTC)
  await form.getByRole('combobox', { name: 'Site of all of them' }).fill('North')
  await form.getByRole('button', { name: 'Look' }).click()
  await form.getByText('Found in the configuration of go2rtc').waitFor()
  await form.getByRole('listitem').filter({ hasText: 'Cannot be added' }).getByText('doorbell').waitFor()
  await form.getByRole('checkbox', { name: /garden/ }).uncheck()
  expect(await axeViolations(page)).toEqual([])
  await form.getByRole('button', { name: 'Add 1 camera' }).click()
  await form.getByRole('listitem').filter({ hasText: 'front_door' }).getByText('Added').waitFor()
  await form.getByRole('button', { name: 'Done' }).click()
  await row.getByRole('heading', { name: 'front_door' }).waitFor()
  expect(puller.running).toEqual(['North/front_door'])
})

it('the wall and the watch page say what is wrong with a camera, and lead who may edit it to its settings', async () => {
  const { server, admin, puller, address } = await openAs('mei', '/', { 'streams.stale_after_ms': 200 })
  const camera = { url: 'rtsp://admin:secret@10.0.0.5/live', label: 'North', key: 'gate' }
  puller.status = {
    ...{ ...IDLE, state: 'stopped', reason: REFUSED, clock: 'arrival', codec: 'h264', restarts: 3 },
    lastError: { problem: 'password', reason: REFUSED, at: Date.now() },
  }
  await must(server, 'POST /cameras', { token: admin, body: camera })
  await must(server, 'POST /cameras', { token: admin, body: { ...camera, label: 'South' } })
  await server.publish('North', 'gate')
  const { page } = await openPage(browser, address)
  await signIn(page, 'mei')
  await page.getByText(/^Stopped since .*: the camera refuses the log-in$/).waitFor()
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('link', { name: /^North gate/ }).click()
  const facts = page.getByRole('complementary', { name: 'Facts' })
  await facts.getByText('Age since it arrived here').waitFor()
  await facts.getByText(REFUSED).waitFor()
  expect(await axeViolations(page)).toEqual([])
  await page.goBack()

  await page.getByRole('link', { name: 'Camera settings: North, gate' }).click()
  const form = page.getByRole('dialog', { name: 'Change “gate”' })
  await form.getByText('Stored. Leave it empty to keep it.').waitFor()
  // Only what they may edit is offered and shown.
  await form.getByRole('combobox', { name: 'Site' }).fill('')
  await form.getByRole('option', { name: 'Yard 2' }).waitFor()
  expect(await form.getByRole('option').allTextContents()).toEqual(['North', 'Yard 2'])
  await form.getByRole('option', { name: 'North' }).click()
  await form.getByLabel('Password', { exact: true }).fill('right')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.waitFor({ state: 'detached' })
  expect(puller.started.at(-1)?.settings).toMatchObject({ user: 'admin', password: 'right' })
  expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['North'])
  expect(await page.getByRole('navigation', { name: 'Administration' }).count()).toBe(0)
  expect(listOf(await must(server, 'GET /cameras', { token: admin }), 'cameras')).toHaveLength(2)
})

it('a real camera that is killed is told of on its tile in words, and shown again once it is back', async () => {
  const camera = await RtspCamera.start({ streams: [{ path: '/h264', codec: 'h264' }] })
  const { server, admin } = await startHouse({ config: { 'streams.stale_after_ms': 1500 } })
  await must(server, 'POST /cameras', { token: admin, body: { url: camera.url(), label: 'North', key: 'gate' } })
  const { page } = await openPage(browser, server.url)
  await untilTile(page, isLive, 'the camera live')
  await camera.kill()
  const { note } = await untilTile(page, ({ kind }) => kind === 'stopped', 'the camera stopped')
  expect(note).toMatch(
    /^Stopped since .*: (Nothing listens at port \d+ of the camera: check the address|the camera cannot be reached$)/,
  )
  await camera.startAgain()
  await untilTile(page, isLive, 'the camera live again')
})

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, newContext } from '../support/chromium.ts'
import { TestServer } from '../support/server.ts'
import { Source } from '../support/source.ts'
import { until } from '../support/until.ts'
import { type TileSight, untilTiles } from '../support/wall.ts'

const ADMIN_PASSWORD = 'the-first-password'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

/** A browser that has never been here. */
async function visit(url: string): Promise<Page> {
  const context = await newContext(browser, { viewport: { width: 1280, height: 800 } })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(url)
  return page
}

const HOUR = 3_600_000

/** A server with three cameras on two sites. @param ahead of the browser's clock, ms */
async function start({ config = {}, ahead = 0 }: { config?: Record<string, string>; ahead?: number } = {}) {
  const clock = { ...systemClock, now: () => Date.now() + ahead }
  const server = await TestServer.start({ config: { admin_password: ADMIN_PASSWORD, ...config }, clock })
  for (const [label, key] of [
    ['north', 'crane'],
    ['north', 'gate'],
    ['south', 'gate'],
  ] as const)
    new Source(server.url, { label, key })
  return server
}

async function signIn(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function asAdmin(server: TestServer, path = '/'): Promise<Page> {
  const page = await visit(`${server.url}/app/sign-in?next=${encodeURIComponent(path)}`)
  await signIn(page, 'admin', ADMIN_PASSWORD)
  await page.waitForURL(`${server.url}${path}`)
  return page
}

/** What the admin does without the page. */
async function tokenOfAdmin({ url }: TestServer) {
  const call = async (method: string, path: string, body?: object, headers = {}): Promise<Record<string, unknown>> => {
    const response = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    expect(response.status).toBe(200)
    return Object(await response.json())
  }
  const { access_token } = await call('POST', '/login', { username: 'admin', password: ADMIN_PASSWORD })
  return (method: string, path: string, body?: object) =>
    call(method, path, body, { authorization: `Bearer ${access_token}` })
}

const areLive =
  (...names: string[]) =>
  (tiles: TileSight[]) =>
    tiles.length === names.length && tiles.every(({ name, kind }) => kind === 'live' && names.includes(name))

describe('the first minutes of an admin', () => {
  it('sign in, make a user with one site, who signs in and sees that site only', async () => {
    const server = await start()
    const admin = await visit(server.url)
    await untilTiles(admin, areLive('north, crane', 'north, gate', 'south, gate'), 'all three, without signing in')
    await admin.getByRole('link', { name: 'Sign in' }).click()
    await signIn(admin, 'admin', 'not the password')
    await admin.getByText('Wrong username or password.').first().waitFor()
    await signIn(admin, 'admin', ADMIN_PASSWORD)
    await untilTiles(admin, areLive('north, crane', 'north, gate', 'south, gate'), 'all three for the admin')

    await admin.getByRole('button', { name: 'Account: admin' }).click()
    await admin.getByRole('menuitem', { name: 'Users' }).click()
    await admin.getByRole('button', { name: 'Add a user' }).click()
    const form = admin.getByRole('dialog')
    await form.getByLabel('Username').fill('sue')
    await form.getByRole('textbox', { name: 'Password' }).fill('the password of sue')
    await form.getByRole('combobox', { name: 'Sites' }).fill('south')
    await form.getByRole('combobox', { name: 'Sites' }).press('Enter')
    await form.getByRole('button', { name: 'Add a user' }).click()
    await admin.getByRole('heading', { name: 'sue was added' }).waitFor()

    const sue = await visit(`${server.url}/app/sign-in`)
    await signIn(sue, 'sue', 'the password of sue')
    await untilTiles(sue, areLive('south, gate'), 'her site alone')
    // Nothing is shown that she may not do.
    await sue.getByRole('button', { name: 'Account: sue' }).click()
    expect(await sue.getByRole('menuitem', { name: 'Users' }).count()).toBe(0)
    await sue.goto(`${server.url}/watch/north/gate`)
    await sue.getByText('There is no stream north / gate').waitFor()

    // And when the admin gives her another, the wall follows without her doing anything.
    await sue.goto(server.url)
    await untilTiles(sue, areLive('south, gate'), 'her site alone')
    await admin.getByRole('button', { name: 'Done' }).click()
    await admin.getByRole('button', { name: 'Change sue' }).click()
    await form.getByRole('combobox', { name: 'Sites' }).fill('north')
    await form.getByRole('combobox', { name: 'Sites' }).press('Enter')
    await form.getByRole('button', { name: 'Save' }).click()
    await untilTiles(sue, areLive('north, crane', 'north, gate', 'south, gate'), 'both sites')
  })
})

describe('what an admin makes', () => {
  it('is no user without a site, unless the admin was asked', async () => {
    const server = await start()
    const admin = await asAdmin(server, '/app/users')
    await admin.getByRole('button', { name: 'Add a user' }).click()
    const form = admin.getByRole('dialog')
    await form.getByLabel('Username').fill('sue')
    await form.getByRole('textbox', { name: 'Password' }).fill('the password of sue')
    await form.getByRole('button', { name: 'Add a user' }).click()
    await form.getByText('Without a site they see nothing.').waitFor()
    expect(await axeViolations(admin)).toEqual([])
    await form.getByRole('button', { name: 'Add without a site' }).click()
    await admin.getByRole('heading', { name: 'sue was added' }).waitFor()
    await form.getByText('on another one this address does not lead here').waitFor()
  })

  it('is no key for all labels, unless that was chosen', async () => {
    const server = await start()
    const admin = await asAdmin(server, '/app/keys')
    await admin.getByRole('button', { name: 'Make a key' }).click()
    const form = admin.getByRole('dialog')
    await form.getByLabel('Name').fill('camera')
    await form.getByRole('button', { name: 'Make a key' }).click()
    await form.getByText('Choose at least one label').waitFor()
    await form.getByRole('switch', { name: 'All labels' }).check()
    await form.getByText('Fits 2 of the 2 labels').waitFor()
    expect(await axeViolations(admin)).toEqual([])
    await form.getByRole('button', { name: 'Make a key' }).click()
    await admin.getByRole('heading', { name: 'The key “camera” is ready' }).waitFor()
    await admin.getByRole('button', { name: 'Done' }).click()
    await admin.getByText('Publishes to every label').waitFor()
  })
})

describe('where nobody may watch without signing in', () => {
  it('the page asks for it, shows what was wanted, and asks again when the account is disabled', async () => {
    const server = await start({ config: { 'access.anonymous': 'none' } })
    const page = await visit(`${server.url}/watch/north/gate`)
    await page.waitForURL(/\/app\/sign-in\?next=/)
    await page.getByRole('heading', { name: 'Sign in to Belvedere' }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    const admin = await tokenOfAdmin(server)
    await admin('POST', '/add_user', { username: 'sue', password: 'the password of sue', labels: ['north'] })
    await signIn(page, 'sue', 'the password of sue')
    await page.waitForURL(`${server.url}/watch/north/gate`)
    await page.locator('[data-kind=live]').first().waitFor()
    await admin('PUT', '/set_user_active_status', { username: 'sue', is_active: false })
    await page.waitForURL(/sign-in/)
    await page.getByText('this account was disabled').waitFor()
    expect(await page.locator('canvas').count()).toBe(0)
    await signIn(page, 'sue', 'the password of sue')
    await page.getByText('This account is disabled.').first().waitFor()
  })
})

describe('a share link', () => {
  it('lasts by the server’s clock, shows its stream in a clean browser until it is revoked, and then no picture', async () => {
    const server = await start({ ahead: -3 * HOUR })
    const admin = await asAdmin(server, '/app/links?stream=north%2Fgate')
    const form = admin.getByRole('dialog')
    await form.getByLabel('Name').fill('crane inspection')
    await form.getByText('1 hour', { exact: true }).click()
    await form.getByRole('button', { name: 'Make a link' }).click()
    await admin.getByRole('heading', { name: 'The link “crane inspection” is ready' }).waitFor()
    const { links } = await (await tokenOfAdmin(server))('GET', '/links')
    expect(links).toMatchObject([{ expires_at: expect.closeTo(Date.now() - 2 * HOUR, -5) }])
    await admin.getByText('Embed in a web page', { exact: true }).click()
    const snippet = await admin.getByLabel('Command: Embed in a web page').innerText()
    expect(snippet).toMatch(/<belvedere-stream label="north" camera="gate" token="bvs_[\w-]+"><\/belvedere-stream>/)
    expect(await axeViolations(admin)).toEqual([])
    const address = await admin
      .getByText(/\/app\/shared#token=bvs_/)
      .first()
      .innerText()
    await admin.getByRole('img', { name: /QR/i }).waitFor()
    await admin.getByRole('button', { name: 'Done' }).click()
    await admin.getByText('ends in 1 hour').waitFor()

    const guest = await visit(address.trim())
    await guest.waitForURL(`${server.url}/watch/north/gate`)
    expect(guest.url()).not.toContain('bvs_')
    await guest
      .getByText(/Shared/)
      .first()
      .waitFor()
    await until(() => guest.evaluate(() => document.querySelector('[data-kind=live]') !== null), 'a live picture')
    // Nothing else is there for whoever has the link.
    await guest.goto(`${server.url}/`)
    await untilTiles(guest, areLive('north, gate'), 'the shared stream alone')

    await admin.getByRole('button', { name: 'Revoke crane inspection' }).click()
    await admin.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await guest.getByText('This link has ended.').waitFor()
    expect(await guest.locator('canvas').count()).toBe(0)
    await guest.reload()
    await guest.getByText('This link has ended.').waitFor()
  })
})

describe('a stream that is no longer sent', () => {
  it('is removed by an admin from its large view, after a question', async () => {
    const server = await start()
    await server.publish('north', 'old')
    const admin = await asAdmin(server, '/watch/north/old')
    await admin.getByRole('button', { name: 'Remove the stream' }).click()
    const question = admin.getByRole('dialog')
    await question.getByText('it comes back with the next picture').waitFor()
    expect(await axeViolations(admin)).toEqual([])
    await question.getByRole('button', { name: 'Remove' }).click()
    await admin.waitForURL(`${server.url}/`)
    await untilTiles(admin, areLive('north, crane', 'north, gate', 'south, gate'), 'the streams that are left')
  })

  it('is removed from a menu on a phone', async () => {
    const server = await start()
    await server.publish('north', 'old')
    const admin = await asAdmin(server, '/watch/north/old')
    await admin.setViewportSize({ width: 390, height: 844 })
    await admin.getByRole('button', { name: 'Manage the stream' }).click()
    expect(await axeViolations(admin)).toEqual([])
    await admin.getByRole('menuitem', { name: 'Remove the stream' }).click()
    await admin.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await admin.waitForURL(`${server.url}/`)
  })
})

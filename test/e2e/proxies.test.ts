import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { connectChromium, openPage } from '../support/chromium.ts'
import { HttpProxy } from '../support/http-proxy.ts'
import { startWithAdmin } from '../support/people.ts'
import { administer, fillSignIn } from '../support/sign-in.ts'
import { Source } from '../support/source.ts'
import { isLive, untilTile } from '../support/wall.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

/** What the browser itself says of answers that are errors, and of sockets that are not passed on. */
const ANSWERED = { mayComplain: /Failed to load resource|WebSocket/ }

const alert = (page: Page, text: string) => page.getByRole('alert').getByText(text).waitFor()
const notice = (page: Page, text: string) => page.getByRole('status').getByText(text)

async function start() {
  const { server, admin } = await startWithAdmin({ 'access.anonymous': 'none' })
  const proxy = await HttpProxy.to(server.url)
  new Source(server.url, { label: 'North', key: 'gate' })
  return { server, admin, proxy }
}

describe('behind a proxy', () => {
  it('the page tells why nobody was signed in, and what is in between when its connection is lost', async () => {
    const { server, proxy } = await start()
    const { page } = await openPage(browser, proxy.url, ANSWERED)
    proxy.habits.dropsCookies = true
    await fillSignIn(page, 'admin')
    await alert(page, 'the browser’s next request came without the cookie')
    proxy.habits.dropsCookies = false
    proxy.habits.loginPage = 'https://login.invalid/'
    await fillSignIn(page, 'admin')
    await alert(page, 'wants you to sign in with it')
    await page.getByRole('button', { name: 'Reload the page' }).waitFor()
    proxy.habits.loginPage = undefined
    // As a page of http has it, whose browser does not say that it is of the same origin.
    proxy.habits.added = { 'sec-fetch-site': '' }
    proxy.habits.host = 'localhost'
    await fillSignIn(page, 'admin')
    await alert(page, `${proxy.url} must be in http.public_origins`)
    proxy.habits.added = {}
    proxy.habits.host = undefined
    await fillSignIn(page, 'admin')
    await untilTile(page, isLive, 'a live tile')

    proxy.habits.passesUpgrades = false
    proxy.cut()
    await notice(page, 'The server answers, but the live connection does not get through').waitFor()
    await page.getByRole('button', { name: 'Retry now' }).click()
    proxy.habits.passesUpgrades = true
    await untilTile(page, isLive, 'live again')
    proxy.habits.loginPage = 'https://login.invalid/'
    proxy.cut()
    await notice(page, 'wants you to sign in with it').waitFor()
    await page.getByRole('button', { name: 'Reload the page' }).waitFor()
    proxy.habits.loginPage = undefined
    await untilTile(page, isLive, 'live once more')
    await server.close()
    proxy.cut()
    await notice(page, 'A proxy answered in place of the server, with status 502.').waitFor()
  })

  it('that asks for a password of its own in the header of the token, a share link opens, in a second tab too', async () => {
    const { server, admin, proxy } = await start()
    const link = { name: 'a guest', streams: [{ label: 'North', key: 'gate' }], expires_at: Date.now() + 3_600_000 }
    const { token } = await administer(server, admin, 'POST', '/links', link)
    proxy.habits.password = 'bob:secret'
    const context = { httpCredentials: { username: 'bob', password: 'secret' } }
    const { page } = await openPage(browser, `${proxy.url}/app/shared#token=${token}`, { ...ANSWERED, context })
    await page.locator('section[data-kind=live]').waitFor()
    const second = await page.context().newPage()
    await second.goto(proxy.url)
    await untilTile(second, isLive, 'what is shared')
  })

  it('that changes the address for sockets alone, the page says that the server refuses it and what opens it', async () => {
    const { proxy } = await start()
    proxy.habits.added = { 'x-forwarded-for': '10.0.0.1' }
    const { page } = await openPage(browser, proxy.url, ANSWERED)
    await fillSignIn(page, 'admin')
    await untilTile(page, isLive, 'a live tile')
    proxy.habits.host = 'localhost'
    proxy.cut()
    await notice(page, `${proxy.url} must be in http.public_origins`).waitFor()
  })
})

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { PASSWORD, signInAs, startWithAdmin } from '../support/people.ts'
import { administer, fillSignIn } from '../support/sign-in.ts'
import { Source } from '../support/source.ts'
import { until } from '../support/until.ts'
import { isLive, untilTile, untilTiles } from '../support/wall.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

/** Browsers tell of every answer that is an error. */
const ANSWERED = { mayComplain: /Failed to load resource.*(401|403|429)/ }
const MEI = { username: 'mei', role: 'user', labels: ['North'] }

describe('whoever may see nothing before signing in', () => {
  it('is asked who it is, and gets to where it wanted to go', async () => {
    const { server } = await startWithAdmin({ 'access.anonymous': 'none' })
    new Source(server.url, { label: 'North', key: 'gate 1' })
    const { page } = await openPage(browser, `${server.url}/watch/North/gate%201`, ANSWERED)
    await page.getByRole('heading', { name: 'Sign in to Belvedere' }).waitFor()
    await fillSignIn(page, 'admin', 'wrong')
    await page.getByRole('alert').getByText('Wrong username or password.').waitFor()
    await fillSignIn(page, 'admin')
    await page.locator('section[data-kind=live]').waitFor()
    expect(new URL(page.url()).pathname).toBe('/watch/North/gate%201')
  })

  it('is told in the form what is missing, and where the first password is', async () => {
    const { server } = await startWithAdmin({ 'access.anonymous': 'none' })
    const { page } = await openPage(browser, server.url)
    await page.getByText('npx belvedere user password admin').waitFor()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Enter your username.').waitFor()
    await page.getByText('Enter your password.').waitFor()
    expect(await page.getByLabel('Username').evaluate((field) => field === document.activeElement)).toBe(true)
  })

  it('is told when it may try again after too many attempts, and that the server is gone', async () => {
    const { server } = await startWithAdmin({ 'access.anonymous': 'none' })
    const { page } = await openPage(browser, server.url, { mayComplain: /Failed to load resource|WebSocket/ })
    await page.route('**/session', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 429, headers: { 'retry-after': '2' }, json: { detail: 'Too many attempts' } })
        : route.continue(),
    )
    await fillSignIn(page, 'admin')
    await page.getByText('Try again in 1 second.').first().waitFor()
    await page.getByText('You may try again now.').waitFor()
    await page.unroute('**/session')
    await server.close()
    await fillSignIn(page, 'admin')
    await page.getByRole('alert').getByText('The server does not answer.').waitFor()
  })

  it('is never led to another site', async () => {
    const { server } = await startWithAdmin({ 'access.anonymous': 'none' })
    const { page } = await openPage(browser, `${server.url}/app/sign-in?next=//elsewhere.invalid/`)
    await fillSignIn(page, 'admin')
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor()
    expect(new URL(page.url()).origin).toBe(server.url)
  })
})

describe('somebody who is signed in', () => {
  it('sees its own sites only, and others at once when they are assigned', async () => {
    const { server, admin } = await startWithAdmin({ 'access.anonymous': 'none' })
    await signInAs(server, admin, MEI)
    new Source(server.url, { label: 'North', key: 'gate' })
    new Source(server.url, { label: 'South', key: 'door' })
    const { page } = await openPage(browser, server.url)
    await fillSignIn(page, 'mei')
    expect((await untilTile(page, isLive, 'a live tile')).name).toBe('North, gate')
    expect(await page.locator('main li > a[data-kind]').count()).toBe(1)
    await administer(server, admin, 'PUT', '/users/mei/labels', { labels: ['South'] })
    await untilTiles(page, (tiles) => tiles.map(({ name }) => name).join() === 'South, door', 'the other site')
  })

  it('has a menu with the account, without what it may not do', async () => {
    const { server, admin } = await startWithAdmin({ 'access.anonymous': 'none' })
    await signInAs(server, admin, { username: 'gast', role: 'guest', labels: ['North'] })
    const { page } = await openPage(browser, server.url)
    await fillSignIn(page, 'gast')
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor()
    await page.getByRole('button', { name: 'Account: gast' }).click()
    await expect.poll(() => page.getByRole('menuitem').allTextContents()).toEqual(['My account', 'Sign out'])
    expect(await page.getByRole('link', { name: /Publish|Connect/ }).count()).toBe(0)
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to Belvedere' }).waitFor()
  })

  it('is told what it may not open or see, and not to sign in again', async () => {
    const { server, admin } = await startWithAdmin()
    await signInAs(server, admin, MEI)
    new Source(server.url, { label: 'North', key: 'gate' })
    new Source(server.url, { label: 'South', key: 'door' })
    const { page } = await openPage(browser, `${server.url}/app/users`, ANSWERED)
    // A stranger is asked who it is first, and then gets there.
    await fillSignIn(page, 'mei')
    await page.getByText('Your account may not open this page.').waitFor()
    expect(new URL(page.url()).pathname).toBe('/app/users')
    expect(await page.getByRole('link', { name: 'Sign in' }).count()).toBe(0)
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('link', { name: 'To the wall' }).click()
    await untilTile(page, isLive, 'a live tile')
    await page.goto(`${server.url}/watch/South/door`)
    await page.getByText('There is no stream South / door now, or none that you may see.').waitFor()
    await administer(server, admin, 'PUT', '/users/mei/labels', { labels: ['South'] })
    await page.locator('section[data-kind=live]').waitFor()
  })

  it('loses the pictures the moment the account is disabled, and is told why', async () => {
    const { server, admin } = await startWithAdmin({ 'access.anonymous': 'none' })
    await signInAs(server, admin, MEI)
    new Source(server.url, { label: 'North', key: 'gate' })
    const { page } = await openPage(browser, `${server.url}/watch/North/gate`, ANSWERED)
    await fillSignIn(page, 'mei')
    await page.locator('section[data-kind=live]').waitFor()
    await administer(server, admin, 'PUT', '/set_user_active_status', { username: 'mei', is_active: false })
    await page.locator('section[data-kind=live]').waitFor({ state: 'detached' })
    await page.getByText('You were signed out: this account was disabled.').waitFor()
    expect(await page.locator('canvas').count()).toBe(0)
    await fillSignIn(page, 'mei')
    await page.getByRole('alert').getByText('This account is disabled.').waitFor()
  })

  it('stays signed in with a new password, while other browsers do not', async () => {
    const { server } = await startWithAdmin({ 'access.anonymous': 'none' })
    new Source(server.url, { label: 'North', key: 'gate' })
    const { page: other } = await openPage(browser, server.url)
    await fillSignIn(other, 'admin')
    await untilTile(other, isLive, 'a live tile')
    const { page } = await openPage(browser, `${server.url}/app/account`, ANSWERED)
    await fillSignIn(page, 'admin')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('Enter the password that you have now.').waitFor()
    await page.getByLabel('Current password').fill('not this one')
    await page.getByLabel('New password', { exact: true }).fill('another password')
    await page.getByLabel('New password again').fill('another password')
    await page.keyboard.press('Enter')
    await page.getByText('This is not your current password.').waitFor()
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByText('The password is changed.').waitFor()
    await other.getByRole('heading', { name: 'Sign in to Belvedere' }).waitFor()
    await page.getByRole('link', { name: /^Belvedere/ }).click()
    await untilTile(page, isLive, 'a live tile')
  })

  it('can end one other session, and all', async () => {
    const { server } = await startWithAdmin({ 'access.anonymous': 'none' })
    const { page: other } = await openPage(browser, server.url)
    await fillSignIn(other, 'admin')
    await other.getByRole('button', { name: 'Account: admin' }).waitFor()
    const { page } = await openPage(browser, `${server.url}/app/account`)
    await fillSignIn(page, 'admin')
    await page.getByText('This one').waitFor()
    // There is one more: the test's own, which is a program.
    const ends = page.getByRole('button', { name: /^End: Chrome/ })
    await ends.click()
    await ends.waitFor({ state: 'detached' })
    await other.getByRole('heading', { name: 'Sign in to Belvedere' }).waitFor()
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByRole('heading', { name: 'Sign in to Belvedere' }).waitFor()
  })

  it('finds its favourites, language and wall on another device', async () => {
    const { server } = await startWithAdmin({ 'access.anonymous': 'none' })
    new Source(server.url, { label: 'North', key: 'gate' })
    new Source(server.url, { label: 'South', key: 'door' })
    const { page } = await openPage(browser, server.url)
    await fillSignIn(page, 'admin')
    await untilTiles(page, (tiles) => tiles.length === 2, 'two tiles')
    await page.getByRole('button', { name: 'Favourite: South, door' }).click()
    await page.getByRole('heading', { name: 'Favourites' }).waitFor()
    await page.getByText('Large', { exact: true }).click()
    await page.getByRole('button', { name: 'Menu' }).click()
    const saved = page.waitForResponse(
      (response) => response.url().endsWith('/account/preferences') && response.request().method() === 'PUT',
    )
    await page.getByRole('menuitemradio', { name: '繁體中文' }).click()
    await saved
    const { page: other } = await openPage(browser, server.url)
    await fillSignIn(other, 'admin')
    await untilTiles(other, (tiles) => tiles[0]?.name === 'South, door', 'the favourite first')
    expect(await other.locator('html').getAttribute('lang')).toBe('zh-TW')
    expect(new URL(other.url()).search).toBe('?size=large')
  })
})

describe('a share link', () => {
  it('shows what it is for, to whoever has it, and ends at once when it is revoked', async () => {
    const { server, admin } = await startWithAdmin({ 'access.anonymous': 'none' })
    new Source(server.url, { label: 'North', key: 'gate' })
    new Source(server.url, { label: 'South', key: 'door' })
    const streams = [{ label: 'North', key: 'gate' }]
    const link = await administer(server, admin, 'POST', '/links', {
      name: 'Visitors',
      streams,
      expires_at: Date.now() + 3_600_000,
    })
    const { page } = await openPage(browser, server.url + String(link.path), ANSWERED)
    await page.locator('section[data-kind=live]').waitFor()
    expect(page.url()).toBe(`${server.url}/watch/North/gate`)
    await page.getByText('Shared with you until').filter({ visible: true }).waitFor()
    expect(await page.getByRole('link', { name: /Sign in|Publish|Connect/ }).count()).toBe(0)
    await page.reload()
    await page.locator('section[data-kind=live]').waitFor()
    // As a bookmark opens it, or “open in browser”.
    const other = await page.context().newPage()
    await other.goto(server.url)
    await untilTiles(other, (tiles) => tiles.length === 1, 'what is shared')
    await administer(server, admin, 'DELETE', `/links/${String(link.id)}`)
    await page.getByRole('heading', { name: 'This link has ended.' }).waitFor()
    expect(await page.locator('canvas').count()).toBe(0)
    await other.getByRole('status').filter({ hasText: 'The link that was shared with you has ended.' }).waitFor()
    await other.reload()
    await other.getByText('The link that was shared with you has ended.').waitFor()
  })

  it('counts for more than who is signed in, in its own tab alone', async () => {
    const { server, admin } = await startWithAdmin({ 'access.anonymous': 'none' })
    new Source(server.url, { label: 'North', key: 'gate' })
    new Source(server.url, { label: 'North', key: 'door' })
    new Source(server.url, { label: 'South', key: 'yard' })
    const { page } = await openPage(browser, server.url)
    await fillSignIn(page, 'admin')
    await untilTiles(page, (tiles) => tiles.length === 3, 'all')
    const link = await administer(server, admin, 'POST', '/links', {
      name: 'Visitors',
      streams: [{ label: 'North' }],
      expires_at: Date.now() + 3_600_000,
    })
    const shared = await page.context().newPage()
    await shared.goto(server.url + String(link.path))
    await untilTiles(shared, (tiles) => tiles.length === 2, 'what is shared')
    await page.reload()
    await untilTiles(page, (tiles) => tiles.length === 3, 'all')
    await shared.getByRole('button', { name: 'Menu' }).click()
    await shared.getByRole('menuitem', { name: 'Leave the shared view' }).click()
    await untilTiles(shared, (tiles) => tiles.length === 3, 'all again')
  })

  it('is asked for where there is none, leads to the form where it opens nothing, and ends when its guest signs in', async () => {
    const { server, admin } = await startWithAdmin({ 'access.anonymous': 'none' })
    const link = await administer(server, admin, 'POST', '/links', {
      name: 'Visitors',
      streams: [{ label: 'North' }],
      expires_at: Date.now() + 3_600_000,
    })
    const { page } = await openPage(browser, `${server.url}/app/shared`, ANSWERED)
    await page.getByRole('heading', { name: 'This link is incomplete' }).waitFor()
    await page.goto(server.url + String(link.path))
    await page.getByText('Pictures show here the moment they arrive.').waitFor()
    await page.goto(`${server.url}/app/connect`)
    await page.getByText('You may not add streams').waitFor()
    await page.goto(`${server.url}/app/users`)
    await page.getByText('The link that was shared with you does not open this page.').waitFor()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await fillSignIn(page, 'admin')
    await page.getByRole('heading', { name: 'Users' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})

describe('axe finds nothing wrong with', () => {
  const looks = [
    { locale: 'en', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
    { locale: 'zh-TW', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  ] as const
  for (const look of looks)
    it(`the pages of an account, ${look.locale}, ${look.colorScheme}, ${look.viewport.width} pixels wide`, async () => {
      const { server, admin } = await startWithAdmin({ 'access.anonymous': 'none' })
      new Source(server.url, { label: 'North', key: 'gate' })
      const { page } = await openPage(browser, `${server.url}/app/account`, {
        ...ANSWERED,
        context: { reducedMotion: 'reduce', ...look },
      })
      const found: string[] = []
      const check = async (what: string) => {
        for (const violation of await axeViolations(page)) found.push(`${what}: ${violation}`)
      }
      const name = page.locator('input[name=username]')
      await name.fill('admin')
      await page.locator('input[name=password]').fill('wrong')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      await check('sign in')
      await page.locator('input[name=password]').fill(PASSWORD)
      await page.keyboard.press('Enter')
      await page.locator('main ul button').first().waitFor()
      await page.locator('main form button[type=submit]').click()
      await until(async () => (await page.getByRole('alert').count()) > 0, 'what is wrong')
      await page.locator('main section').last().locator('> button').click()
      await page.getByRole('alertdialog').waitFor()
      await check('account')
      await page.goto(server.url)
      await untilTile(page, isLive, 'a live tile')
      await page.getByRole('button', { name: look.viewport.width > 1000 ? /^Account/ : /^選單$/ }).click()
      await page.getByRole('menu').waitFor()
      await check('the menu')
      const link = await administer(server, admin, 'POST', '/links', {
        name: 'Visitors',
        streams: [{ label: 'North' }],
        expires_at: Date.now() + 3_600_000,
      })
      await page.goto(server.url + String(link.path))
      await untilTile(page, isLive, 'a live tile')
      await check('shared')
      await administer(server, admin, 'DELETE', `/links/${String(link.id)}`)
      await page.getByRole('heading', { name: /^(This link has ended\.|這個連結已經失效。)$/ }).waitFor()
      await check('ended')
      expect(found).toEqual([])
    })
})

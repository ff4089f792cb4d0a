import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { ask, login, must } from '../support/accounts.ts'
import { connectChromium, newContext } from '../support/chromium.ts'
import { temporaryFolder } from '../support/command.ts'
import { PASSWORD } from '../support/people.ts'
import { TestRedis } from '../support/redis-server.ts'
import { TestServer } from '../support/server.ts'
import { fillSignIn } from '../support/sign-in.ts'
import { Source } from '../support/source.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

it('what is published at one server is seen at another, until the first takes the right away', async () => {
  const redis = await TestRedis.start()
  const shared = { 'redis.port': redis.port, data_dir: temporaryFolder(), admin_password: PASSWORD }
  const config = { ...shared, 'access.anonymous': 'none' }
  const a = await TestServer.start({ config })
  const b = await TestServer.start({ config: { ...config, 'sources.pull': 'false' } })
  const { access: admin } = await login(a, 'admin')
  await must(a, 'POST /add_user', { token: admin, body: { username: 'sue', password: PASSWORD, labels: ['north'] } })
  new Source(a.url, { label: 'north', key: 'gate' })
  const context = await newContext(browser, { viewport: { width: 1280, height: 800 } })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${b.url}/watch/north/gate`)
  await fillSignIn(page, 'sue')
  await page.locator('[data-kind=live]').first().waitFor()
  await must(a, 'PUT /set_user_active_status', { token: admin, body: { username: 'sue', is_active: false } })
  await page.waitForURL(/sign-in/)
  await page.getByText('this account was disabled').waitFor()
  expect(await page.locator('canvas').count()).toBe(0)
  expect((await ask(b, 'POST /login', { body: { username: 'sue', password: PASSWORD } })).status).toBe(403)
})

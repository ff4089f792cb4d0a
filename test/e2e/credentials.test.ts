import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, newContext } from '../support/chromium.ts'
import { signIn, signInAs, startWithAdmin } from '../support/people.ts'
import { authorized } from '../support/server.ts'
import { administer, fillSignIn } from '../support/sign-in.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

/** The page of users, for an admin; another admin, "ada", has made a key and a share link. */
async function start() {
  const { server, admin } = await startWithAdmin()
  const ada = await signInAs(server, admin, { username: 'ada', role: 'admin', labels: [] })
  const { key } = await administer(server, ada, 'POST', '/keys', { name: 'north gate', scope: 'admin' })
  const link = { name: 'crane inspection', streams: [{ label: 'north' }], expires_at: Date.now() + 3_600_000 }
  await administer(server, ada, 'POST', '/links', link)
  const context = await newContext(browser, { viewport: { width: 1280, height: 800 } })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${server.url}/app/sign-in?next=%2Fapp%2Fusers`)
  await fillSignIn(page, 'admin')
  await page.getByRole('heading', { name: 'Users' }).waitFor()
  const status = async () => (await server.get('/users', authorized(String(key)))).status
  return { server, page, dialog: page.getByRole('dialog'), status }
}

it('whoever deletes an admin is shown what the admin has made, which is revoked too', async () => {
  const { page, dialog, status } = await start()
  await page.getByRole('button', { name: 'Delete ada' }).click()
  await dialog.getByText('Key “north gate”').waitFor()
  await dialog.getByText('Share link “crane inspection”').waitFor()
  expect(await dialog.getByRole('checkbox', { name: 'Revoke it too' }).isChecked()).toBe(true)
  expect(await axeViolations(page)).toEqual([])
  await dialog.getByRole('textbox').fill('ada')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('ada was deleted.').waitFor()
  expect(await status()).toBe(401)
})

it('whoever demotes an admin is asked as well, and what is to live on does', async () => {
  const { server, page, dialog, status } = await start()
  await page.getByRole('button', { name: 'Change ada' }).click()
  await dialog.getByRole('switch', { name: 'May sign in' }).waitFor()
  expect(await dialog.getByText('north gate').count()).toBe(0)
  await dialog.getByRole('radio', { name: 'Guest' }).check()
  await dialog.getByText('Key “north gate”').waitFor()
  const box = dialog.getByRole('checkbox', { name: 'Revoke it too' })
  expect(await box.isChecked()).toBe(true)
  expect(await axeViolations(page)).toEqual([])
  await box.uncheck()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('ada was changed.').waitFor()
  expect([await status(), await signIn(server, 'ada')]).toEqual([200, expect.any(String)])

  // The next one decides otherwise.
  await page.getByRole('button', { name: 'Change ada' }).click()
  await dialog.getByRole('switch', { name: 'May sign in' }).uncheck()
  await dialog.getByText('Key “north gate”').waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('ada was changed.').waitFor()
  await expect.poll(status).toBe(401)
})

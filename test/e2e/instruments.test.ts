import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { must, startHouse } from '../support/accounts.ts'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { PASSWORD } from '../support/people.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

/** The admin page of instruments, opened by the administrator of a new server. */
async function openInstruments(config: Record<string, string | number> = {}) {
  const house = await startHouse({ config: { 'access.anonymous': 'none', ...config } })
  const { page } = await openPage(browser, `${house.server.url}/app/sign-in?next=%2Fapp%2Finstruments`, {
    // What the server refuses is on the console too.
    mayComplain: /status of 409/,
  })
  await page.getByLabel('Username').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Instruments', level: 1 }).waitFor()
  return { ...house, page }
}

it('an admin adds an instrument on the page, sees how it is doing, and removes it', async () => {
  const { server, admin, page } = await openInstruments({ source_port: 1 })
  const rows = page.getByRole('list', { name: 'Instruments' }).getByRole('listitem')
  const configured = rows.filter({ hasText: 'PULL from tcp://localhost:1' })
  await configured.getByText('In the configuration').waitFor()
  expect(await configured.getByRole('button').count()).toBe(0)

  await page.getByRole('button', { name: 'Add an instrument' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Address').fill('beam')
  await form.getByLabel('Name').fill('beamline')
  await form.getByRole('button', { name: 'Add an instrument' }).click()
  await form.getByText('Enter a host and a port').waitFor()
  await form.getByLabel('Address').fill('tcp://127.0.0.1:1')
  await form.getByRole('radio', { name: 'PULL' }).check()
  await form.getByText('each puller takes pulses from the others').waitFor()
  await form.getByRole('button', { name: 'Add an instrument' }).click()
  await form.getByText('There is an instrument "beamline" already').waitFor()
  expect(await axeViolations(page)).toEqual([])
  await form.getByRole('radio', { name: 'SUB' }).check()
  await form.getByLabel('Name').fill('gun')
  await form.getByRole('button', { name: 'Add an instrument' }).click()

  const gun = rows.filter({ hasText: 'SUB from tcp://127.0.0.1:1' })
  await gun.getByText('Nothing has come yet').waitFor()
  // While it fades out its texts have no contrast.
  await form.waitFor({ state: 'detached' })
  expect(await axeViolations(page)).toEqual([])
  const { instruments } = await must(server, 'GET /instruments', { token: admin })
  expect(instruments).toMatchObject([{ name: 'beamline' }, { name: 'gun', source: { socket: 'sub' } }])

  await gun.getByRole('button', { name: 'Remove gun' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await gun.waitFor({ state: 'detached' })
  await configured.waitFor()
})

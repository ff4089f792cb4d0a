import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { connectChromium, newContext } from '../support/chromium.ts'
import { jpeg } from '../support/pictures.ts'
import { KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await newContext(browser, options)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** What one of the commands is, as it stands on the page. */
async function commandOf(page: Page, tab: string): Promise<string> {
  await page.getByRole('tab', { name: tab }).click()
  return page.getByRole('region', { name: `Command: ${tab}` }).innerText()
}

describe('the page that tells how to connect a stream', () => {
  it('is what the wall shows as long as there is no stream', async () => {
    const server = await TestServer.start()
    const page = await open(server.url)
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor()
    await server.publish('site', 'camera', { file: jpeg(64, 48) })
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor({ state: 'detached' })
    await page.getByText('camera').first().waitFor()
  })

  it('has the real address and key in every command', async () => {
    const server = await TestServer.start()
    // The address that it had before: the key stays behind it on the way to the new one.
    const page = await open(`${server.url}/connect#key=${KEY}`)
    expect(new URL(page.url()).pathname).toBe('/app/connect')
    for (const tab of ['curl', 'Python', 'A folder']) {
      const command = await commandOf(page, tab)
      expect(command).toContain(server.url)
      expect(command).toContain(KEY)
    }
    expect((await commandOf(page, 'Python')).split('\n')).toHaveLength(8)
  })

  it('says how to get the key where it is not known', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/app/connect`)
    expect(await commandOf(page, 'curl')).toContain('Bearer YOUR_KEY')
    await page.getByText('open the link that npx belvedere key prints on the server').waitFor()
    await page.getByRole('link', { name: 'Enter the key here' }).click()
    await page.getByLabel('Publish key', { exact: true }).fill(KEY)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Start publishing' }).waitFor()
    await page.goBack()
    expect(await commandOf(page, 'curl')).toContain(`Bearer ${KEY}`)
  })

  it('copies a curl command that publishes a picture as it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'belvedere-test-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'photo.jpg'), jpeg(64, 48))
    const server = await TestServer.start()
    const page = await open(`${server.url}/app/connect#key=${KEY}`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await page.getByRole('button', { name: 'Copy: curl' }).click()
    await page.getByRole('status').getByText('Copied').waitFor()
    const command = await page.evaluate<string>('navigator.clipboard.readText()')
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: folder })
    expect(JSON.parse(stdout)).toMatchObject({ status: 'ok' })
    expect(await server.streams()).toMatchObject([{ label: 'site', key: 'camera', width: 64, height: 48 }])
  })

  it('starts the demo at the press of a button, and the wall takes over', async () => {
    const server = await TestServer.start()
    const page = await open(server.url)
    await page.getByRole('button', { name: 'Start the demo' }).click()
    await until(async () => (await server.streams()).length === 3, 'three streams')
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor({ state: 'detached' })
    for (const name of ['building site', 'front door', 'beam spot']) await page.getByText(name).first().waitFor()

    await page.goto(`${server.url}/app/connect`)
    await page.getByText('The demo is running.').waitFor()
    await page.getByRole('button', { name: 'Stop the demo' }).click()
    await page.getByRole('button', { name: 'Start the demo' }).waitFor()
  })

  it('says what the server said when the demo does not start', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/app/connect`)
    await page.route('**/demo', (route) => route.fulfill({ status: 503, json: { detail: 'There is no canvas here.' } }))
    await page.getByRole('button', { name: 'Start the demo' }).click()
    await page.getByRole('alert').getByText('There is no canvas here.').waitFor()
    await page.unroute('**/demo')
    await page.route('**/demo', (route) => route.abort())
    await page.getByRole('button', { name: 'Start the demo' }).click()
    await page.getByRole('alert').getByText('cannot be reached').waitFor()
  })

  it.each([
    ['light', 'en-US', 1440, 900, ''],
    ['dark', 'zh-TW', 390, 844, `#key=${KEY}`],
  ] as const)('has nothing that axe finds wrong (%s, %s)', async (colorScheme, locale, width, height, fragment) => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/app/connect${fragment}`, {
      colorScheme,
      locale,
      viewport: { width, height },
    })
    await page.locator('h1').waitFor()
    expect(await axeViolations(page)).toEqual([])
  })

  it('fits a phone: only the commands scroll sideways', async () => {
    const server = await TestServer.start()
    const page = await open(`${server.url}/app/connect#key=${KEY}`, { viewport: { width: 390, height: 844 } })
    await commandOf(page, 'Python')
    const [wide, shown] = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    )
    expect(wide).toBe(shown)
  })
})

import { type Browser, chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

// Without the last ones Chromium looks for hosts of Google at every start, in vain where there is no internet.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A headless Chromium: the one that `npm test` found or installed. To be closed by whoever launched it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.BELVEDERE_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
  })
}

/** A page, closed with the test, and everything that it complained about on its console. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'warning' || message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  return { page, complaints }
}

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect, inject, onTestFinished } from 'vitest'
// For its module augmentation: the endpoint.
import type {} from './shared-chromium.ts'
import { TIMEOUT_MS } from './until.ts'

/** Connects to the Chromium that all test files share. Closing the connection closes its own pages only. */
export function connectChromium(): Promise<Browser> {
  return chromium.connect(inject('chromium'))
}

/** A context of its own, as patient as `until` is. The caller must close it. */
export async function newContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(TIMEOUT_MS)
  return context
}

/** Options of a test's page. */
export interface PageOptions {
  /** Viewport, colour scheme, locale and so on. */
  readonly context?: BrowserContextOptions
  /** Called before the page is loaded. */
  readonly prepare?: (page: Page) => Promise<unknown>
  /** Console messages that are allowed; default: none. */
  readonly mayComplain?: RegExp
}

/**
 * Opens a page, closed with the test. Collects everything that it and its workers report on their consoles: errors,
 * warnings, CSP violations, uncaught exceptions. The test fails if there is any that is not allowed.
 */
export async function openPage(
  browser: Browser,
  url: string,
  { context: contextOptions, prepare, mayComplain }: PageOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await newContext(browser, contextOptions)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  onTestFinished(() => {
    expect(complaints.filter((text) => !mayComplain?.test(text))).toEqual([])
  })
  await prepare?.(page)
  await page.goto(url)
  return { page, complaints }
}

/** Collects the errors and warnings on the consoles of a page and its workers from now on. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'warning' || message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}

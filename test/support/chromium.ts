import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect, inject, onTestFinished } from 'vitest'
// The endpoint is declared there.
import type {} from './shared-chromium.ts'

/** Connects to the Chromium that all test files share. Whoever closes it closes their own pages only. */
export function connectChromium(): Promise<Browser> {
  return chromium.connect(inject('chromium'))
}

/** What a test's page differs in from the usual one. */
export interface PageOptions {
  /** Viewport, colour scheme, locale and so on. */
  readonly context?: BrowserContextOptions
  /** Done before the page is loaded. */
  readonly prepare?: (page: Page) => Promise<unknown>
  /** What it may complain about; nothing, if not given. */
  readonly mayComplain?: RegExp
}

/**
 * A page, closed with the test, and everything that it and its workers complained about on their consoles: errors,
 * warnings, what the policy forbade, exceptions that nobody caught. The test fails if there is any that it may not.
 */
export async function openPage(
  browser: Browser,
  url: string,
  { context: contextOptions, prepare, mayComplain }: PageOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext(contextOptions)
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

/** Collects what a page and its workers complain about from now on. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'warning' || message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}

import type { Browser, Page } from 'playwright-core'
import { launchChromium } from '../../test/support/launch.ts'
import { installReader } from '../page/reader.ts'
import type { CodeLayout } from './block-code.ts'
import { cpuTime, residentBytes } from './process-figures.ts'

/** The viewport of measured pages, CSS pixels, at a device pixel ratio of 1. */
const VIEWPORT = { width: 1440, height: 900 }

/** A headless Chromium under measurement. */
export class MeasuredBrowser implements AsyncDisposable {
  readonly #browser: Browser

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async launch(): Promise<MeasuredBrowser> {
    return new MeasuredBrowser(await launchChromium())
  }

  /** "156.0.8078.79" */
  get version(): string {
    return this.#browser.version()
  }

  /**
   * Opens an empty page in a new browser context, with an empty cache and the block code reader. Close it with
   * `closePage`, which also closes the context.
   */
  async newPage(layout: CodeLayout): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: VIEWPORT, locale: 'en-US' })
    await context.addInitScript(installReader, layout)
    const page = await context.newPage()
    page.on('pageerror', (error) => console.error(`the page: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(`the page: ${message.text()}`)
    })
    return page
  }

  /** The CPU time of all its processes so far, µs. */
  async cpuTime(): Promise<number> {
    let total = 0
    for (const { pid } of await this.#processes()) total += timeOf(pid)
    return total
  }

  /** The resident memory of the page's renderer process (the largest one) and of all processes, bytes. */
  async resident(): Promise<{ renderer: number; all: number }> {
    const processes = await this.#processes()
    const bytes = processes.map(({ type, pid }) => ({ type, bytes: bytesOf(pid) }))
    return {
      renderer: Math.max(0, ...bytes.filter(({ type }) => type === 'renderer').map((each) => each.bytes)),
      all: bytes.reduce((total, each) => total + each.bytes, 0),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
  }

  async #processes(): Promise<{ type: string; pid: number }[]> {
    const session = await this.#browser.newBrowserCDPSession()
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    await session.detach()
    return processInfo.map(({ type, id }) => ({ type, pid: id }))
  }
}

/** Closes a page with its browser context. */
export function closePage(page: Page): Promise<void> {
  return page.context().close()
}

// A process may have exited since it was listed.

function timeOf(pid: number): number {
  try {
    return cpuTime(pid)
  } catch {
    return 0
  }
}

function bytesOf(pid: number): number {
  try {
    return residentBytes(pid)
  } catch {
    return 0
  }
}

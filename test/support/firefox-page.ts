import { expect, onTestFinished } from 'vitest'
import type { Bidi } from './bidi.ts'
import type { Fields } from './server.ts'
import { untilSeen } from './until.ts'

/** How to find an element: by its role and name, as screen readers have them, by its whole text, or by a selector of CSS. */
export type Locator = { readonly role: string; readonly name: string } | { readonly text: string } | { readonly css: string }

/** Options of a page. */
export interface FirefoxPageOptions {
  /** A user context (`visitorOf`), whose cookies and storage other pages do not have; default: the browser's. */
  readonly visitor?: string
  /** CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number }
  /** Console messages that are allowed; default: none. */
  readonly mayComplain?: RegExp
}

/** A tab of Firefox, driven as a user does: by what the page shows, with a real mouse and keyboard. */
export class FirefoxPage {
  readonly #bidi: Bidi
  readonly #context: string

  private constructor(bidi: Bidi, context: string) {
    this.#bidi = bidi
    this.#context = context
  }

  /**
   * Opens a tab, closed with the test. Collects what the page and its workers report on their consoles: errors,
   * warnings, CSP violations, uncaught exceptions. The test fails if there is any that is not allowed.
   */
  static async open(bidi: Bidi, url: string, options: FirefoxPageOptions = {}): Promise<FirefoxPage> {
    const { visitor, viewport = { width: 1366, height: 768 }, mayComplain } = options
    const created = await bidi.send('browsingContext.create', {
      type: 'tab',
      ...(visitor !== undefined && { userContext: visitor }),
    })
    const context = String(created.context)
    const complaints: string[] = []
    const deafen = bidi.listen((method, params) => {
      if (method === 'log.entryAdded' && isComplaint(params, context)) complaints.push(String(params.text))
    })
    onTestFinished(async () => {
      await bidi.send('browsingContext.close', { context })
      deafen()
      expect(complaints.filter((text) => !mayComplain?.test(text))).toEqual([])
    })
    await bidi.send('browsingContext.setViewport', { context, viewport })
    const page = new FirefoxPage(bidi, context)
    await page.goto(url)
    return page
  }

  /** Goes to an address, and waits until the page has loaded. */
  async goto(url: string): Promise<void> {
    await this.#bidi.send('browsingContext.navigate', { context: this.#context, url, wait: 'complete' })
  }

  /** Loads the page again. */
  async reload(): Promise<void> {
    await this.#bidi.send('browsingContext.reload', { context: this.#context, wait: 'complete' })
  }

  /** Calls a function in the page. Its argument and its result are what JSON can hold. */
  async evaluate<Result, Argument>(
    pageFunction: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result> {
    const { type, result, exceptionDetails } = await this.#bidi.send('script.callFunction', {
      functionDeclaration: `async (argument) => JSON.stringify(await (${pageFunction})(JSON.parse(argument)))`,
      arguments: [{ type: 'string', value: JSON.stringify(argument ?? null) }],
      target: { context: this.#context },
      awaitPromise: true,
    })
    if (type !== 'success') throw new Error(`the page threw ${JSON.stringify(exceptionDetails)}`)
    const value = Object(result).value
    return value === undefined ? undefined : JSON.parse(value)
  }

  /** The page's address. */
  url(): Promise<string> {
    return this.evaluate(() => location.href)
  }

  /** Waits until an element is there, and seen. */
  async waitFor(locator: Locator): Promise<void> {
    await this.#find(locator)
  }

  /** Clicks in the middle of an element, once it is there. */
  async click(locator: Locator): Promise<void> {
    const origin = { type: 'element', element: await this.#find(locator) }
    const pointer = { type: 'pointer', id: 'mouse' }
    await this.#perform({
      ...pointer,
      actions: [
        { type: 'pointerMove', x: 0, y: 0, origin },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ],
    })
  }

  /** Types a text, letter by letter; "\uE007" is the Enter key, as WebDriver has it. */
  async type(text: string): Promise<void> {
    const actions = [...text].flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ])
    await this.#perform({ type: 'key', id: 'keyboard', actions })
  }

  /** What is on the screen, as a PNG. */
  async screenshot(): Promise<Uint8Array> {
    const { data } = await this.#bidi.send('browsingContext.captureScreenshot', { context: this.#context })
    return Buffer.from(String(data), 'base64')
  }

  async #perform(source: Fields): Promise<void> {
    await this.#bidi.send('input.performActions', { context: this.#context, actions: [source] })
  }

  /** @returns the one element, scrolled into view */
  async #find(locator: Locator): Promise<Fields> {
    let found: Fields[] = []
    await untilSeen(async () => {
      found = await this.#locate(locator)
      return found.length > 0
    }, `an element ${JSON.stringify(locator)}`)
    const [element] = found
    if (!element || found.length > 1) throw new Error(`${found.length} elements are ${JSON.stringify(locator)}`)
    const shared = { sharedId: element.sharedId }
    await this.#bidi.send('script.callFunction', {
      functionDeclaration: '(element) => element.scrollIntoView({ block: "nearest" })',
      arguments: [shared],
      target: { context: this.#context },
      awaitPromise: false,
    })
    return shared
  }

  async #locate(locator: Locator): Promise<Fields[]> {
    const { nodes } = await this.#bidi.send('browsingContext.locateNodes', {
      context: this.#context,
      locator: wireLocator(locator),
      serializationOptions: { maxDomDepth: 0 },
    })
    return Array.isArray(nodes) ? nodes : []
  }
}

/** Makes a visitor who has never been here, forgotten with the test. */
export async function visitorOf(bidi: Bidi): Promise<string> {
  const { userContext } = await bidi.send('browser.createUserContext', {})
  onTestFinished(async () => {
    await bidi.send('browser.removeUserContext', { userContext })
  })
  return String(userContext)
}

function wireLocator(locator: Locator): Fields {
  if ('css' in locator) return { type: 'css', value: locator.css }
  if ('text' in locator) return { type: 'innerText', value: locator.text }
  return { type: 'accessibility', value: locator }
}

/** Whether it is an error or a warning of a page; workers do not say which page they are of. */
function isComplaint({ level, source }: Fields, context: string): boolean {
  const from = Object(source).context
  return (level === 'error' || level === 'warn') && (from === undefined || from === context)
}

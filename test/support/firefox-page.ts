import { expect, onTestFinished } from 'vitest'
import type { Bidi } from './bidi.ts'
import type { Fields } from './server.ts'
import { untilSeen } from './until.ts'

/** CSS pixels: a laptop. */
const VIEWPORT = { width: 1366, height: 768 }

/** A tab of Firefox, driven as a user does: by what the page shows, with a real mouse and keyboard. */
export class FirefoxPage {
  readonly #bidi: Bidi
  readonly #context: string

  private constructor(bidi: Bidi, context: string) {
    this.#bidi = bidi
    this.#context = context
  }

  /**
   * Opens a tab, closed with the test. All share the browser's cookies, which are of one server each. Collects what the
   * page and its workers report on their consoles: errors, warnings, CSP violations, uncaught exceptions. The test fails
   * if there is any.
   */
  static async open(bidi: Bidi, url: string): Promise<FirefoxPage> {
    const created = await bidi.send('browsingContext.create', { type: 'tab' })
    const context = String(created.context)
    const complaints: string[] = []
    const deafen = bidi.listen((method, params) => {
      if (method === 'log.entryAdded' && isComplaint(params, context)) complaints.push(String(params.text))
    })
    onTestFinished(async () => {
      await bidi.send('browsingContext.close', { context })
      deafen()
      expect(complaints).toEqual([])
    })
    await bidi.send('browsingContext.setViewport', { context, viewport: VIEWPORT })
    const page = new FirefoxPage(bidi, context)
    await page.goto(url)
    return page
  }

  /** Goes to an address and waits until the page has loaded. */
  async goto(url: string): Promise<void> {
    await this.#bidi.send('browsingContext.navigate', { context: this.#context, url, wait: 'complete' })
  }

  /** Calls a function in the page. @returns its result, of what JSON can hold */
  async evaluate<Result>(pageFunction: () => Result | Promise<Result>): Promise<Result> {
    const { value } = await this.#call(`async () => JSON.stringify([await (${pageFunction})()])`, [])
    const [result] = JSON.parse(String(value))
    return result
  }

  /** Waits until there is an element. @param selector of CSS @param text its whole text, if that matters */
  async waitFor(selector: string, text?: string): Promise<void> {
    await this.#find(selector, text)
  }

  /** Clicks in the middle of an element, once it is there. */
  async click(selector: string, text?: string): Promise<void> {
    const origin = { type: 'element', element: { sharedId: await this.#find(selector, text) } }
    await this.#perform({
      type: 'pointer',
      id: 'mouse',
      actions: [
        { type: 'pointerMove', x: 0, y: 0, origin },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ],
    })
  }

  /** Types a text, letter by letter. */
  async type(text: string): Promise<void> {
    const actions = [...text].flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ])
    await this.#perform({ type: 'key', id: 'keyboard', actions })
  }

  /** What is on the screen where an element is, as a PNG. */
  async screenshot(selector: string): Promise<Uint8Array> {
    const clip = { type: 'element', element: { sharedId: await this.#find(selector) } }
    const { data } = await this.#bidi.send('browsingContext.captureScreenshot', { context: this.#context, clip })
    return Buffer.from(String(data), 'base64')
  }

  async #perform(source: Fields): Promise<void> {
    await this.#bidi.send('input.performActions', { context: this.#context, actions: [source] })
  }

  /**
   * Scrolls an element into view, once there is one. BiDi can find by role and name, but takes a third of a second each
   * time. @returns its id in BiDi
   */
  async #find(selector: string, text?: string): Promise<unknown> {
    let id: unknown
    await untilSeen(
      async () => {
        const found = await this.#call(FIND_ELEMENT, [selector, text])
        id = found.sharedId
        return id !== undefined
      },
      `an element ${selector} ${text ?? ''}`,
    )
    return id
  }

  /** Calls a function of the page. @returns what it returned, as BiDi tells it */
  async #call(functionDeclaration: string, given: readonly (string | undefined)[]): Promise<Fields> {
    const answer = await this.#bidi.send('script.callFunction', {
      functionDeclaration,
      arguments: given.map((value) => (value === undefined ? { type: 'undefined' } : { type: 'string', value })),
      target: { context: this.#context },
      awaitPromise: true,
      serializationOptions: { maxDomDepth: 0 },
    })
    if (answer.type !== 'success') throw new Error(`the page threw ${JSON.stringify(answer.exceptionDetails)}`)
    return Object(answer.result)
  }
}

/** Runs in the page, with what Node's types do not know. */
const FIND_ELEMENT = `(selector, text) => {
  const found = Array.from(document.querySelectorAll(selector)).find(
    ({ textContent }) => text === undefined || textContent.trim() === text
  )
  found?.scrollIntoView({ block: 'nearest' })
  return found
}`

/** Whether it is an error or a warning of a page; workers do not say which page they are of. */
function isComplaint({ level, source, text }: Fields, context: string): boolean {
  const from = Object(source).context
  const isOurs = from === undefined || from === context
  return isOurs && (level === 'error' || level === 'warn') && !ABORTED.test(String(text))
}

/** A font that was being loaded when the page was left (NS_BINDING_ABORTED). */
const ABORTED = /^downloadable font: download failed .*status=2152398850/

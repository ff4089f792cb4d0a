import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { CustomCss } from './custom-css.ts'

/** What stands in the built index.html where each answer has a nonce of its own. */
const PLACEHOLDER = '__CSP_NONCE__'

/** The HTML of the web app, the same for each of its addresses but for the nonce. */
export class PageDocument {
  readonly #parts: readonly string[]
  readonly #customCss: CustomCss | undefined

  /**
   * @param file the built index.html
   * @throws the file system's error when it cannot be read
   */
  constructor(file: string, customCss: CustomCss | undefined) {
    this.#parts = readFileSync(file, 'utf8').split(PLACEHOLDER)
    this.#customCss = customCss
  }

  /** The document with a new nonce, which its policy must name. */
  render(): { readonly html: string; readonly nonce: string } {
    const nonce = randomBytes(16).toString('base64')
    const html = this.#parts.join(nonce)
    if (!this.#customCss) return { html, nonce }
    // With the hash in its address the new one is taken as soon as the file has changed.
    const link = `<link rel="stylesheet" href="/custom.css?v=${this.#customCss.current.hash}">`
    // At the very end: what the page itself puts into the document comes before it, so this has the last word.
    const end = html.search(/<\/body>/i)
    return { html: end < 0 ? html : `${html.slice(0, end)}${link}\n  ${html.slice(end)}`, nonce }
  }
}

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { CustomCss } from './custom-css.ts'

/** The placeholders in the built index.html: for each response's nonce, and for what paths of ours begin with. */
const PLACEHOLDER = /(__CSP_NONCE__|__BASE_PATH__)/

/** The HTML of the web app: the same at each of its URLs except for the Content-Security-Policy nonce and the base path. */
export class PageDocument {
  readonly #parts: readonly string[]
  readonly #customCss: CustomCss | undefined

  /**
   * @param file the path of the built index.html
   * @param customCss the operator's style sheet, linked last
   * @throws the file system's error when it cannot be read
   */
  constructor(file: string, customCss: CustomCss | undefined) {
    this.#parts = readFileSync(file, 'utf8').split(PLACEHOLDER)
    this.#customCss = customCss
  }

  /**
   * The document with a fresh nonce, which the response's Content-Security-Policy must name.
   * @param basePath as of `BasePaths.of`
   */
  render(basePath: string): { readonly html: string; readonly nonce: string } {
    const nonce = randomBytes(16).toString('base64')
    const values: Readonly<Record<string, string>> = { __CSP_NONCE__: nonce, __BASE_PATH__: basePath }
    const html = this.#parts.map((part) => values[part] ?? part).join('')
    if (!this.#customCss) return { html, nonce }
    // Cache busting: the hash in the URL changes with the file.
    const link = `<link rel="stylesheet" href="${basePath}/custom.css?v=${this.#customCss.current.hash}">`
    // At the end of the body: styles that the page adds come before it, so the operator's rules win.
    const end = html.search(/<\/body>/i)
    return { html: end < 0 ? html : `${html.slice(0, end)}${link}\n  ${html.slice(end)}`, nonce }
  }
}

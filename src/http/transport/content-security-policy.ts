const OWN_ONLY = [
  "default-src 'self'",
  "script-src 'self'",
  // In current browsers this includes WebSocket to the same host and port.
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  // A worker is governed by the policy of its own script's response, not by its page's.
  "worker-src 'self'",
  "font-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
]

/**
 * The Content-Security-Policy (CSP) of the responses: nothing inline, same origin only. Who may show them in a frame is said
 * here alone: there is no `X-Frame-Options`, which knows no list of origins.
 */
export class ContentPolicies {
  /** Of every response that has no other. */
  readonly default: string
  /** Of the operator's pages that have scripts and styles in the HTML itself. */
  readonly inline: string
  /** Of `/docs`: Swagger UI uses inline styles. */
  readonly docs: string
  readonly #own: readonly string[]

  /** @param frameAncestors origins of other sites whose pages may show ours in a frame */
  constructor(frameAncestors: readonly string[]) {
    this.#own = [...OWN_ONLY, ["frame-ancestors 'self'", ...frameAncestors].join(' ')]
    this.default = this.#with("style-src 'self'")
    this.docs = this.#with("style-src 'self' 'unsafe-inline'")
    this.inline = [
      ...this.#own.filter((directive) => !directive.startsWith('script-src')),
      "script-src 'self' 'unsafe-inline'",
      "style-src 'self' 'unsafe-inline'",
    ].join('; ')
  }

  /** Of a page with style elements of its own. @param nonce fresh for each response, stands in them */
  page(nonce: string): string {
    return this.#with(`style-src 'self' 'nonce-${nonce}'`)
  }

  #with(styles: string): string {
    return [...this.#own, styles].join('; ')
  }
}

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
  "frame-ancestors 'self'",
]

/**
 * The Content-Security-Policy (CSP) of every response except the documentation's: nothing inline, same origin only.
 * @param nonce fresh for each response, allows the page's own style elements; without it none are allowed
 */
export function contentPolicy(nonce?: string): string {
  const styles = nonce === undefined ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`
  return [...OWN_ONLY, styles].join('; ')
}

/** The policy of the operator's pages that have scripts and styles in the HTML itself. */
export const INLINE_POLICY = [
  ...OWN_ONLY.filter((directive) => !directive.startsWith('script-src')),
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
].join('; ')

/** The policy of `/docs`: Swagger UI uses inline styles. */
export const DOCS_POLICY = [...OWN_ONLY, "style-src 'self' 'unsafe-inline'"].join('; ')

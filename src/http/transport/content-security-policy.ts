const OWN_ONLY = [
  "default-src 'self'",
  "script-src 'self'",
  // In the browsers of today this is also WebSocket to the same host and port.
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  // A worker has the policy of its own script, not that of its page.
  "worker-src 'self'",
  "font-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
]

/**
 * The Content-Security-Policy (CSP) of all that the server answers but the documentation: nothing inline, nothing of others.
 * @param nonce what marks the page's own style elements, new for each answer; without it there are none
 */
export function contentPolicy(nonce?: string): string {
  const styles = nonce === undefined ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`
  return [...OWN_ONLY, styles].join('; ')
}

/** The policy of `/docs`: Swagger UI puts styles into its elements. */
export const DOCS_POLICY = [...OWN_ONLY, "style-src 'self' 'unsafe-inline'"].join('; ')

import type { FastifyReply } from 'fastify'
import type { ContentPolicies } from './content-security-policy.ts'

/**
 * The `Cache-Control` of what a browser may keep and has to ask about each time: `private`, as a cache in front of the
 * server (a proxy, a CDN) would give it to others, who may have fewer rights. Of all responses only the built assets may
 * be kept there.
 */
export const REVALIDATED = 'private, no-cache'

/** Sets the default response headers (security, caching); a response's own `Cache-Control` and policy are kept. */
export function setResponseHeaders(reply: FastifyReply, policies: Pick<ContentPolicies, 'default'>): void {
  const isDocs = reply.request.url.startsWith('/docs')
  reply.header('x-content-type-options', 'nosniff')
  reply.header('referrer-policy', 'no-referrer')
  // The documentation's files come from its library, which says "public".
  if (isDocs) reply.header('cache-control', REVALIDATED)
  // Responses depend on who requests them and must not be cached for others.
  else if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  // The documentation and the page set policies of their own.
  if (!isDocs && !reply.hasHeader('content-security-policy')) reply.header('content-security-policy', policies.default)
}

/** Adds the name of a request's header on which the response depends to its `Vary`, beside those of others (CORS). */
export function addVary(reply: FastifyReply, name: string): void {
  const known = reply.getHeader('vary')
  reply.header('vary', known === undefined ? name : `${known}, ${name}`)
}

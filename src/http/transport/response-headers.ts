import type { FastifyReply } from 'fastify'
import type { ContentPolicies } from './content-security-policy.ts'

/** Sets the default response headers (security, caching); a response's own `Cache-Control` and policy are kept. */
export function setResponseHeaders(reply: FastifyReply, policies: Pick<ContentPolicies, 'default'>): void {
  reply.header('x-content-type-options', 'nosniff')
  reply.header('referrer-policy', 'no-referrer')
  // Responses depend on who requests them and must not be cached for others.
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  // The documentation and the page set policies of their own.
  if (!reply.request.url.startsWith('/docs') && !reply.hasHeader('content-security-policy'))
    reply.header('content-security-policy', policies.default)
}

import type { FastifyReply } from 'fastify'
import { contentPolicy } from './content-security-policy.ts'

const POLICY = contentPolicy()

/** Sets what every answer says about itself, unless it brings its own. */
export function setResponseHeaders(reply: FastifyReply): void {
  reply.header('x-content-type-options', 'nosniff')
  reply.header('referrer-policy', 'no-referrer')
  // What is told to one must not be kept for another.
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  // The documentation and the page bring policies of their own.
  if (!reply.request.url.startsWith('/docs') && !reply.hasHeader('content-security-policy'))
    reply.header('content-security-policy', POLICY)
}

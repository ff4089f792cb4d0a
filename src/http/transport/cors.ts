import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/**
 * CORS (cross-origin resource sharing): lets pages of other sites use the server by a token of their own; what browsers send along by themselves (cookies)
 * never counts for them. Without such a site no answer says anything about it.
 * @param origins "https://example.org", each exactly as browsers send it
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return
  const allowed = new Set(origins)
  await app.register(cors, {
    // To any other page nothing is said at all, not even what would be allowed.
    origin: (origin, answer) => answer(null, origin !== undefined && allowed.has(origin) && origin),
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'If-None-Match'],
    exposedHeaders: ['X-Frame-Id', 'X-Received-At', 'X-Captured-At', 'ETag', 'Retry-After'],
    maxAge: 600,
  })
}

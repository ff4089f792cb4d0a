import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/**
 * CORS (cross-origin resource sharing): lets pages of the given origins use the server with a token of their own;
 * cookies are never accepted from them. Without origins no CORS headers are sent.
 * @param origins such as "https://example.org", exactly as browsers send them
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return
  const allowed = new Set(origins)
  await app.register(cors, {
    // Other origins get no CORS headers at all, not even the allowed methods.
    origin: (origin, answer) => answer(null, origin !== undefined && allowed.has(origin) && origin),
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'If-None-Match'],
    exposedHeaders: ['X-Frame-Id', 'X-Received-At', 'X-Captured-At', 'X-Video', 'ETag', 'Retry-After'],
    maxAge: 600,
  })
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../../core/errors.ts'
import type { ReadBody } from '../../../sources/request-body.ts'
import type { App } from '../app.ts'
import { withRawBodies } from '../raw-bodies.ts'
import { setResponseHeaders } from '../response-headers.ts'
import type { HandOvers } from '../upgrade-hand-over.ts'
import type { Engine } from './engine.ts'
import { MOST_BYTES } from './message-limits.ts'

/** What the routes of Engine.IO need. */
export interface EngineRouteParts {
  /** "/socket.io" */
  readonly path: string
  readonly handOvers: HandOvers
  readonly readBody: ReadBody
  /** Whether the server is going down. */
  readonly isClosing: () => boolean
  /** Starts the engine, the first time; it takes memory, and most servers never need it. */
  readonly engine: () => Promise<Engine>
}

/**
 * The path of Engine.IO: polling as HTTP requests, under the limits of all requests, and WebSockets as upgrades that are
 * handed over.
 */
export async function engineRoutes(app: App, parts: EngineRouteParts): Promise<void> {
  const { path, handOvers } = parts
  handOvers.add({
    path,
    async take(request, raw, head) {
      checkOpen(parts)
      const engine = await parts.engine()
      // Meanwhile the peer may have gone, or shutdown begun.
      if (raw.destroyed) return
      checkOpen(parts)
      const problem = engine.problemOf(request, true)
      if (problem) throw new Refusal('bad_request', problem.message)
      engine.takeUpgrade(request.raw, raw, head)
    },
  })
  const handler = (request: FastifyRequest, reply: FastifyReply) => poll(parts, request, reply)
  const config = { schema: { hide: true }, handler } as const
  await withRawBodies(app, (own) => {
    for (const url of [path, `${path}/`])
      for (const method of ['GET', 'POST'] as const) own.route({ ...config, method, url, exposeHeadRoute: false })
  })
}

async function poll(parts: EngineRouteParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  checkOpen(parts)
  const engine = await parts.engine()
  const problem = engine.problemOf(request, false)
  if (problem) return reply.code(400).send(problem)
  const body = request.method === 'POST' ? await parts.readBody(request, { bytes: MOST_BYTES }) : undefined
  checkOpen(parts)
  setResponseHeaders(reply, reply.server.contentPolicies)
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value)
  engine.take(request.raw, reply.raw, body)
  return reply
}

/** @throws Refusal `exhausted` at shutdown */
function checkOpen({ isClosing }: EngineRouteParts): void {
  if (isClosing()) throw new Refusal('exhausted', 'The server is going down.')
}

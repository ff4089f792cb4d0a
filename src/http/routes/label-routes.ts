import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Clock } from '../../core/clock.ts'
import { tooMany } from '../../core/errors.ts'
import type { Hub } from '../../core/hub.ts'
import { matchesAny } from '../../core/pattern-list.ts'
import { RateLimiter } from '../../core/rate-limiter.ts'
import type { App } from '../transport/app.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** What the routes need. */
export interface LabelRouteParts {
  readonly hub: Hub
  readonly guard: RequestGuard
  /** Patterns (`*`, `?`) of labels that `/labels` leaves out. */
  readonly hiddenLabels: readonly string[]
  /** The rate limit of `/labels` for each client, requests per minute. */
  readonly labelCallsPerMinute: number
  readonly clock: Clock
}

/** `GET /labels` of the detection hub, at `/` and under `/api`. */
export function labelRoutes(app: App, parts: LabelRouteParts): void {
  const { hub, guard } = parts
  const labelCalls = new RateLimiter({ amount: parts.labelCallsPerMinute, period: 60_000 }, parts.clock)
  const limitLabelCalls = async (request: FastifyRequest) => {
    const wait = labelCalls.take(guard.networkOf(request))
    if (wait > 0) throw tooMany(wait, `${parts.labelCallsPerMinute} calls`, 'labels.calls_per_minute')
  }
  for (const prefix of ['', '/api']) {
    app.route({
      method: 'GET',
      url: `${prefix}/labels`,
      schema: {
        summary: 'The labels that have streams',
        tags: ['detection hub'],
        hide: prefix !== '',
        response: { 200: Type.Object({ labels: Type.Array(Type.String()) }) },
      },
      // One limit for both paths of the route, checked before authentication.
      onRequest: [limitLabelCalls, guard.require('view')],
      async handler(request) {
        await hub.checkStore()
        const labels = hub.directory.labels(principalOf(request))
        return { labels: labels.filter((label) => !matchesAny(parts.hiddenLabels, label)) }
      },
    })
    // As the detection hub's server does; relative, since a proxy may have put all paths below another one.
    app.get(`${prefix}/labels/`, { schema: { hide: true } }, (request, reply) =>
      reply.redirect(`../labels${/\?.*/.exec(request.url)?.[0] ?? ''}`, 307),
    )
  }
}

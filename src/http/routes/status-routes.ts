import Type from 'typebox'
import { authorize } from '../../core/principal.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { App } from '../transport/app.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'
import { ErrorResponse } from '../transport/response-schemas.ts'

/** What the status routes need. */
export interface StatusRouteParts {
  readonly metrics: Metrics
  readonly guard: RequestGuard
  /** Why the server is not ready, as a sentence; undefined when it is. */
  readonly whyNotReady: () => string | undefined
}

const Status = Type.Object({ status: Type.String() })

/** `/metrics` for Prometheus; the health checks `/healthz` (liveness) and `/readyz` (readiness). */
export function statusRoutes(app: App, { metrics, guard, whyNotReady }: StatusRouteParts): void {
  const schema = (summary: string) => ({ summary, tags: ['status'] })
  app.get(
    '/metrics',
    {
      onRequest: guard.require('view'),
      schema: {
        ...schema('Counts, in the text format of Prometheus'),
        response: { 200: { description: 'The counts', content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    async (request, reply) => {
      // The metrics cover all streams, so the principal must be allowed to view all of them.
      authorize(principalOf(request), 'view', {})
      return reply.type(metrics.contentType).send(await metrics.text())
    },
  )
  app.get('/healthz', { schema: { ...schema('Whether the process answers'), response: { 200: Status } } }, () => ({
    status: 'ok',
  }))
  app.get(
    '/readyz',
    { schema: { ...schema('Whether new work may be sent here'), response: { 200: Status, 503: ErrorResponse } } },
    async (_request, reply) => {
      const reason = whyNotReady()
      return reason === undefined ? reply.send({ status: 'ok' }) : reply.code(503).send({ detail: reason })
    },
  )
}

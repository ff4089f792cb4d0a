import Type from 'typebox'
import { authorize } from '../core/principal.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Admit } from './admission.ts'
import type { App } from './app.ts'

/** What the routes for operators and machines need. */
export interface StatusRouteParts {
  readonly metrics: Metrics
  readonly admit: Admit
  /** Why no new work should be sent here; undefined: it may. */
  readonly whyNotReady: () => string | undefined
}

/** `/metrics` for Prometheus, `/healthz` and `/readyz` for whoever keeps the server running. */
export function statusRoutes(app: App, { metrics, admit, whyNotReady }: StatusRouteParts): void {
  const schema = (summary: string) => ({ summary, tags: ['status'] })
  app.get('/metrics', { schema: schema('Counts, in the text format of Prometheus') }, async (request, reply) => {
    // The counts tell of every stream.
    authorize(await admit(request, 'view'), 'view', {})
    return reply.type(metrics.contentType).send(await metrics.text())
  })
  app.get(
    '/healthz',
    { schema: { ...schema('Whether the process answers'), response: { 200: Type.Object({ status: Type.String() }) } } },
    () => ({ status: 'ok' }),
  )
  app.get('/readyz', { schema: schema('Whether new work may be sent here') }, (_request, reply) => {
    const reason = whyNotReady()
    return reason === undefined ? { status: 'ok' } : reply.code(503).send({ detail: reason })
  })
}

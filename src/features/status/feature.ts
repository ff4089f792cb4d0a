import { statusRoutes } from '../../http/routes/status-routes.ts'
import type { Feature } from '../feature.ts'

/** `/metrics` and the health checks `/healthz` and `/readyz`, for monitoring and orchestration. */
export const status: Feature = {
  name: 'status',
  install({ app, guard, metrics, readiness }) {
    statusRoutes(app, { guard, metrics, whyNotReady: () => readiness.problem })
  },
}

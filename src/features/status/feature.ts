import { statusRoutes } from '../../http/routes/status-routes.ts'
import type { Feature } from '../feature.ts'

/** `/metrics` and the health checks `/healthz` and `/readyz`, for monitoring and orchestration. */
export const status: Feature = {
  name: 'status',
  install(house) {
    const { app, guard, metrics } = house
    const whyNotReady = () => (house.isClosing ? 'The server is going down.' : undefined)
    statusRoutes(app, { guard, metrics, whyNotReady })
  },
}

import { eventStreamRoutes } from '../../http/routes/event-stream-routes.ts'
import type { Feature } from '../feature.ts'

/** The doorbell's event streams: `/stream/events` and `/stream/system-status`. */
export const streaming: Feature = {
  name: 'streaming',
  async install({ app, guard, events, clock, log, metrics, config, openResponse }) {
    const { streaming } = config
    if (!streaming.enabled) return
    await eventStreamRoutes(app, {
      guard,
      events,
      clock,
      log,
      counters: metrics,
      openResponse,
      noteRefusal: guard.noteRefusal,
      maxConnections: streaming.max_connections,
      heartbeat: streaming.heartbeat_interval * 1000,
      statusInterval: streaming.status_interval * 1000,
      retry: streaming.retry_s * 1000,
      fullRetry: streaming.full_retry_s * 1000,
      bufferSize: config.events.buffer,
    })
  },
}

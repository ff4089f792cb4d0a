import type { Config } from '../../config/all-settings.ts'
import type { StreamName } from '../../core/stream-name.ts'
import { doorbellRoutes } from '../../http/routes/doorbell-routes.ts'
import { eventStreamRoutes } from '../../http/routes/event-stream-routes.ts'
import type { Feature } from '../feature.ts'
import { socketIo } from './socket-io.ts'

/** Doorbell pages: `/stream/events`, `/stream/system-status`, Socket.IO, and the REST routes below `/api`. */
export const streaming: Feature = {
  name: 'streaming',
  async install(house) {
    const { app, guard, hub, events, clock, log, metrics, config, openResponse } = house
    const { streaming } = config
    await doorbellRoutes(app, {
      guard,
      events,
      hub,
      clock,
      noteRefusal: guard.noteRefusal,
      snapshots: { hub, clock, counters: metrics, maxStart: config.snapshot.max_wait_s * 1000 },
      camera: cameraNamed(streaming.camera),
    })
    if (!streaming.enabled) return
    await eventStreamRoutes(app, {
      guard,
      events,
      clock,
      log,
      counters: metrics,
      inNextTurn: setImmediate,
      openResponse,
      noteRefusal: guard.noteRefusal,
      places: eventStreamPlaces(streaming),
      heartbeat: streaming.heartbeat_interval * 1000,
      statusInterval: streaming.status_interval * 1000,
      retry: streaming.retry_s * 1000,
      fullRetry: streaming.full_retry_s * 1000,
      bufferSize: streaming.buffer_size,
    })
    await socketIo(house, eventStreamPlaces(streaming))
  },
}

/** How event streams share their places, and clients of Socket.IO theirs. */
function eventStreamPlaces({ max_connections: max, connections_per_client: share, reserved_percent }: StreamingConfig) {
  return { max, share, reserved: Math.floor((max * reserved_percent) / 100) }
}

type StreamingConfig = Config['streaming']

/** @param name LABEL/KEY; only the key may have slashes */
function cameraNamed(name: string | undefined): StreamName | undefined {
  if (name === undefined) return undefined
  const slash = name.indexOf('/')
  return { label: name.slice(0, slash), key: name.slice(slash + 1) }
}

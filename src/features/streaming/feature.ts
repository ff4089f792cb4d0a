import { getSystemStatus } from '../../commands/get-system-status.ts'
import { triggerDoorbell } from '../../commands/trigger-doorbell.ts'
import { DefaultCamera } from '../../core/default-camera.ts'
import type { Principal } from '../../core/principal.ts'
import { doorbellRoutes } from '../../http/routes/doorbell-routes.ts'
import { eventStreamRoutes } from '../../http/routes/event-stream-routes.ts'
import { doorbellVideoRoute, mjpegRoute } from '../../http/routes/video-routes.ts'
import { EventStreams } from '../../sinks/event-streams.ts'
import type { Feature } from '../feature.ts'
import { beamlinePage } from './beamline-page.ts'
import { sharedPlaces } from './shared-places.ts'
import { socketIo } from './socket-io.ts'
import { streamNamed } from './stream-named.ts'
import { videoAddresses, videoRoutes } from './videos.ts'

/**
 * Doorbell pages: `/stream/events`, `/stream/system-status`, `/stream/video`, Socket.IO, the REST routes below `/api`, and
 * their two commands; and every stream as MJPEG.
 */
export const streaming: Feature = {
  name: 'streaming',
  async install(house) {
    const { app, guard, hub, events, clock, log, metrics, config, openResponse, commands } = house
    const { streaming } = config
    const camera = new DefaultCamera(hub.directory, streamNamed('streaming.camera', streaming.camera))
    const streams = new EventStreams({
      events,
      clock,
      log,
      counters: metrics,
      inNextTurn: setImmediate,
      places: sharedPlaces(streaming, streaming.max_connections, streaming.connections_per_client),
      heartbeat: streaming.heartbeat_interval * 1000,
      retry: streaming.retry_s * 1000,
      bufferSize: streaming.buffer_size,
    })
    commands.add(triggerDoorbell({ events, hub, camera }))
    const isEnabled = streaming.enabled
    const statusFor = (principal: Principal) => ({
      ...(isEnabled ? streams.status : { streaming_status: 'disabled' }),
      ...camera.statusFor(principal),
    })
    commands.add(getSystemStatus({ clock, more: statusFor }))
    await doorbellRoutes(app, {
      guard,
      events,
      commands,
      clock,
      noteRefusal: guard.noteRefusal,
      snapshots: {
        ...house.sinks,
        maxStart: config.snapshot.max_wait_s * 1000,
        nextWait: config.streams.next_wait_ms,
      },
      camera,
    })
    const videos = videoRoutes(house, camera)
    mjpegRoute(app, videos)
    if (!isEnabled) return
    await doorbellVideoRoute(app, videos)
    await eventStreamRoutes(app, {
      streams,
      guard,
      clock,
      openResponse,
      noteRefusal: guard.noteRefusal,
      statusInterval: streaming.status_interval * 1000,
      retry: streaming.retry_s * 1000,
      fullRetry: streaming.full_retry_s * 1000,
    })
    const places = sharedPlaces(streaming, streaming.max_connections, streaming.connections_per_client)
    await socketIo(house, places, { videoFor: videoAddresses(hub, camera), beamline: beamlinePage(house) })
  },
}

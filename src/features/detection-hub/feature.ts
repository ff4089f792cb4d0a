import { crc32 } from 'node:zlib'
import { frameRoutes } from '../../http/routes/frame-routes.ts'
import { labelRoutes } from '../../http/routes/label-routes.ts'
import { apiLabelsSocket } from '../../sinks/api-labels-socket.ts'
import { apiStreamSocket } from '../../sinks/api-stream-socket.ts'
import { labelsSocket } from '../../sinks/labels-socket.ts'
import { streamSocket } from '../../sinks/stream-socket.ts'
import { PublishRateLimit } from '../../sources/publish-rate-limit.ts'
import { publishSocket } from '../../sources/publish-socket.ts'
import type { Feature } from '../feature.ts'
import { viewerSocket } from '../viewer-socket.ts'

/**
 * The detection hub's API: `/labels`, `/frames`, and its WebSockets to publish and to watch (`/ws`, `/api/ws`).
 */
export const detectionHub: Feature = {
  name: 'detection hub',
  install({
    app,
    sockets,
    guard,
    readBody,
    sinks,
    hub,
    clock,
    log,
    sharedUse,
    config: { http, frames, limits, labels },
  }) {
    const publishing = {
      hub,
      log,
      limits: {
        maxBytes: http.body_bytes,
        maxPixels: frames.max_megapixels * 1e6,
        crc32,
        maxTextBytes: frames.metadata_bytes,
        maxValues: frames.metadata_values,
        maxHeaderBytes: frames.header_bytes,
      },
      publishRateLimit: new PublishRateLimit(
        limits.publish_bytes_per_s,
        clock,
        sharedUse('limits.publish_bytes_per_s'),
      ),
    }
    labelRoutes(app, {
      hub,
      guard,
      clock,
      hiddenLabels: labels.hidden,
      labelCallsPerMinute: labels.calls_per_minute,
    })
    // Twice the limit: a message that is a little too large gets an error answer, only a far larger one closes the
    // socket.
    const maxMessage = 2 * http.body_bytes
    const { messages_per_s: messagesPerSecond, message_bytes: maxMessageBytes } = labels
    const visit = publishSocket(publishing)
    sockets.add({ path: '/ws/frames', action: 'publish', maxMessage, goodbye: 1001, visit })
    sockets.add({ ...viewerSocket, path: '/ws/labels/:label', visit: labelsSocket(sinks) })
    sockets.add({ ...viewerSocket, path: '/ws/stream/:label/:key', visit: streamSocket(sinks) })
    sockets.add({
      ...viewerSocket,
      path: '/api/ws/labels/:label',
      visit: apiLabelsSocket({ ...sinks, messagesPerSecond, maxMessageBytes }),
    })
    sockets.add({ ...viewerSocket, path: '/api/ws/stream/:label/:key', visit: apiStreamSocket(sinks) })
    return frameRoutes(app, { ...publishing, guard, readBody })
  },
}

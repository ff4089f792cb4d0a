import { liveSocket } from '../../sinks/live-socket.ts'
import type { Feature } from '../feature.ts'
import { viewerSocket } from '../viewer-socket.ts'

/** `WS /ws/live`: Belvedere's own protocol, spoken by the page and the SDK. */
export const live: Feature = {
  name: 'live',
  install({ sockets, sinks, events, version, config }) {
    const visit = liveSocket({ ...sinks, events, version, maxWatches: config.limits.watches })
    // 1012, service restart: the SDK reconnects.
    sockets.add({ ...viewerSocket, path: '/ws/live', goodbye: 1012, visit })
  },
}

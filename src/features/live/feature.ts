import { liveSocket } from '../../sinks/live-socket.ts'
import type { Feature } from '../feature.ts'
import { viewerSocket } from '../viewer-socket.ts'

/** `WS /ws/live`: our own protocol, which the page and the SDK speak. */
export const live: Feature = {
  name: 'live',
  install({ sockets, sinks, version }) {
    // 1012, service restart: the SDK comes back at once.
    sockets.add({ ...viewerSocket, path: '/ws/live', goodbye: 1012, visit: liveSocket({ ...sinks, version }) })
  },
}

import { WebSocket } from 'ws'
import { LiveClient } from '../../client/index.ts'

/** A client of `/ws/live` with the SDK that draws at once. */
export function openLiveClient(port: number): LiveClient {
  const client = new LiveClient(`http://127.0.0.1:${port}`, {
    makeSocket: (url) => new WebSocket(url, { perMessageDeflate: false }),
  })
  client.on('error', ({ message }) => console.error(message))
  client.connect()
  return client
}

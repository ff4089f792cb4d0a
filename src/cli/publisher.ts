import { WebSocket } from 'ws'
import { CONNECTING, DISCONNECTED, FramePublisher } from '../../client/index.ts'
import { UsageError } from './usage-error.ts'

/** What became of the frames of a publisher so far. */
export interface PublishCount {
  stored: number
  refused: number
}

/**
 * A publisher to `WS /ws/frames` that tells in lines what goes wrong, and counts.
 * @param url of the server, "http://127.0.0.1:8000"
 * @param tell takes each line
 * @throws UsageError when it is no such address
 */
export function openPublisher(
  url: string,
  token: string,
  tell: (line: string) => void,
): { publisher: FramePublisher; count: PublishCount } {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError(`--url must begin with http:// or https://, not ${url}`)
  const address = `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws/frames`
  const publisher = new FramePublisher(address, {
    // In a header, since addresses end up in the logs of proxies.
    makeSocket: (to) => new WebSocket(to, { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false }),
  })
  const count = { stored: 0, refused: 0 }
  publisher.on('stored', () => count.stored++)
  publisher.on('refused', ({ name, message }) => {
    count.refused++
    tell(`${name}: ${message}`)
  })
  publisher.on('connecting', ({ code, reason }) => {
    if (code !== CONNECTING.called) tell(`No connection to ${address}: ${reason}; trying again`)
  })
  publisher.on('disconnected', ({ code, reason }) => {
    if (code !== DISCONNECTED.called) tell(reason)
  })
  publisher.connect()
  return { publisher, count }
}

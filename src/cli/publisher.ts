import { WebSocket } from 'ws'
import { CONNECTING, DISCONNECTED, FramePublisher } from '../../client/index.ts'
import { connectionProblemOf } from './connection-problem.ts'
import { UsageError } from './usage-error.ts'

/** How many frames of a publisher were stored and refused so far. */
export interface PublishCount {
  stored: number
  refused: number
}

/**
 * Opens a publisher to `WS /ws/frames` that reports errors as lines, each once while it lasts, and counts answers.
 * @param url the server, "http://127.0.0.1:8000"
 * @param tell called with each line
 * @throws UsageError when the URL is invalid
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
    // In a header, since URLs end up in the logs of proxies.
    makeSocket: (to) => new WebSocket(to, { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false }),
  })
  const count = { stored: 0, refused: 0 }
  publisher.on('stored', () => count.stored++)
  publisher.on('refused', ({ name, message }) => {
    count.refused++
    tell(`${name}: ${message}`)
  })
  let told = ''
  publisher.on('connecting', ({ code, reason }) => {
    if (code === CONNECTING.called || reason === told) return
    tell(`No connection to ${address}: ${connectionProblemOf(reason)}; trying again`)
    told = reason
  })
  publisher.on('connected', () => {
    told = ''
  })
  publisher.on('disconnected', ({ code, reason }) => {
    if (code !== DISCONNECTED.called) tell(reason)
  })
  publisher.connect()
  return { publisher, count }
}

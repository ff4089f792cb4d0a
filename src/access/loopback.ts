import type { IncomingMessage } from 'node:http'

/** Whether a request comes from this machine (loopback). A forwarded one does not count: it may come from anywhere. */
export function isFromThisMachine(request: IncomingMessage): boolean {
  return isLoopback(request.socket.remoteAddress) && forwardedBy(request) === undefined
}

/** The name of a header which shows that a proxy forwarded the request; undefined if there is none. */
export function forwardedBy({ headers }: IncomingMessage): string | undefined {
  return Object.keys(headers).find((name) => FORWARDING.has(name) || name.startsWith('x-forwarded-'))
}

/** `x-real-ip` is the only one that many proxies are configured to set. */
const FORWARDING = new Set(['forwarded', 'via', 'x-real-ip'])

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address ?? '')
}

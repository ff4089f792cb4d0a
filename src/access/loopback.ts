import type { IncomingMessage } from 'node:http'

/** Whether a request comes from this machine (loopback); one that was forwarded may come from anywhere. */
export function isFromThisMachine(request: IncomingMessage): boolean {
  return isLoopback(request.socket.remoteAddress) && forwardedBy(request) === undefined
}

/** The header by which a proxy tells that it has forwarded the request. */
export function forwardedBy({ headers }: IncomingMessage): string | undefined {
  return Object.keys(headers).find((name) => FORWARDING.has(name) || name.startsWith('x-forwarded-'))
}

/** The last is all that many a proxy's configuration sets. */
const FORWARDING = new Set(['forwarded', 'via', 'x-real-ip'])

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address ?? '')
}

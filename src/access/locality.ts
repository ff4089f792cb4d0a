import type { IncomingMessage } from 'node:http'

/** Names and origins that count as our own beside localhost. */
export interface LocalNames {
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
}

/** Whether a request comes from this machine; one that was forwarded may come from anywhere. */
export function isFromThisMachine(request: IncomingMessage): boolean {
  return isLoopback(request.socket.remoteAddress) && forwardedBy(request) === undefined
}

/** The header that tells that a request was forwarded. */
export function forwardedBy({ headers }: IncomingMessage): string | undefined {
  return Object.keys(headers).find((name) => FORWARDING.has(name) || name.startsWith('x-forwarded-'))
}

/** The last is all that many a proxy's configuration sets. */
const FORWARDING = new Set(['forwarded', 'via', 'x-real-ip'])

/**
 * Why a request from this machine is not to be trusted as such: a name that an attacker points at 127.0.0.1 (DNS
 * rebinding) makes any page one of ours.
 * @returns a sentence; undefined: it may be
 */
export function strangeHost(request: IncomingMessage, { allowedHosts }: LocalNames): string | undefined {
  const host = request.headers.host ?? ''
  if (isLocalHost(host, allowedHosts)) return undefined
  return `Host: ${JSON.stringify(host.slice(0, 80))} is no name of this machine; use localhost or 127.0.0.1, or add it to http.allowed_hosts.`
}

/**
 * Why a request may not use what its browser would give it without being asked (the machine it runs on, a cookie): a
 * page of another site has sent it.
 * @returns a sentence; undefined: it may
 */
export function strangePage(request: IncomingMessage, { allowedOrigins }: LocalNames): string | undefined {
  const { origin } = request.headers
  if (origin !== undefined)
    return isSameOrigin(request) || allowedOrigins.includes(origin)
      ? undefined
      : `Origin: a page of ${JSON.stringify(origin.slice(0, 80))} may not connect; add it to http.allowed_origins if it should.`
  // Browsers tell where a request without Origin comes from: an <img> on another site is not one of ours.
  const site = request.headers['sec-fetch-site']
  const isFollowed = request.headers['sec-fetch-mode'] === 'navigate'
  return site === 'cross-site' && !isFollowed ? 'A page of another site may not load this.' : undefined
}

/**
 * Whether a page of this server has surely sent the request, as browsers tell and pages cannot forge. Nothing said is no.
 */
export function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  if (origin !== undefined && host !== undefined && (origin === `http://${host}` || origin === `https://${host}`))
    return true
  // A proxy may have changed the host's name on the way.
  return headers['sec-fetch-site'] === 'same-origin'
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address ?? '')
}

function isLocalHost(host: string, allowed: readonly string[]): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (/^([a-z0-9_-]+\.)*localhost$/.test(name) || name === '[::1]') return true
  return /^127\.\d+\.\d+\.\d+$/.test(name) || allowed.some((each) => each.toLowerCase() === name)
}

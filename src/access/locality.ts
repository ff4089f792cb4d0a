import type { IncomingMessage } from 'node:http'

/** Whether a request comes from this machine, and if not, why it does not count as such. */
export type Locality =
  | { readonly isLocal: true }
  | { readonly isLocal: false; readonly code: 'unauthenticated' | 'forbidden'; readonly reason: string }

/** Names and origins that count as our own beside localhost. */
export interface LocalNames {
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
}

/**
 * A loopback address alone proves little: a proxy on this machine forwards strangers, a name that an attacker points
 * at 127.0.0.1 (DNS rebinding) makes any page one of ours, and a page of another site may open a WebSocket to us. So
 * forwarding headers, `Host` and `Origin` are looked at as well.
 */
export function localityOf(request: IncomingMessage, names: LocalNames): Locality {
  if (!isLoopback(request.socket.remoteAddress))
    return refused(
      'unauthenticated',
      'Viewing from another machine needs an account, and there are none yet: view on the machine itself, or through "ssh -L 8000:127.0.0.1:8000".',
    )
  const forwarded = Object.keys(request.headers).find((name) => name === 'forwarded' || name.startsWith('x-forwarded-'))
  if (forwarded !== undefined)
    return refused(
      'unauthenticated',
      `The request was forwarded (it has the header ${forwarded}), so it does not count as coming from this machine.`,
    )
  const host = request.headers.host ?? ''
  if (!isLocalHost(host, names.allowedHosts))
    return refused(
      'forbidden',
      `Host: ${JSON.stringify(host.slice(0, 80))} is no name of this machine; use localhost or 127.0.0.1, or add it to http.allowed_hosts.`,
    )
  const { origin } = request.headers
  if (
    origin !== undefined &&
    origin !== `http://${host}` &&
    origin !== `https://${host}` &&
    !names.allowedOrigins.includes(origin)
  )
    return refused(
      'forbidden',
      `Origin: a page of ${JSON.stringify(origin.slice(0, 80))} may not connect; add it to http.allowed_origins if it should.`,
    )
  // Browsers tell where a request without Origin comes from: an <img> on another site is not one of ours.
  const site = request.headers['sec-fetch-site']
  if (site === 'cross-site' && request.headers['sec-fetch-mode'] !== 'navigate' && origin === undefined)
    return refused('forbidden', 'A page of another site may not load this.')
  return { isLocal: true }
}

function refused(code: 'unauthenticated' | 'forbidden', reason: string): Locality {
  return { isLocal: false, code, reason }
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address ?? '')
}

function isLocalHost(host: string, allowed: readonly string[]): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost') || name === '[::1]') return true
  return /^127\.\d+\.\d+\.\d+$/.test(name) || allowed.some((each) => each.toLowerCase() === name)
}

import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/** Which names a server may be reached by without credentials. */
export interface HostRules {
  /** Names besides localhost. */
  readonly allowedHosts: readonly string[]
  /** Whether the other end of the connection is a trusted proxy. */
  readonly isFromProxy: (request: IncomingMessage) => boolean
}

/**
 * Protection against DNS rebinding: a hostile page whose own host name resolves to this server's address is of the same
 * origin as the server, for the browser. So a request that gets rights from where it comes from must name the server in
 * a way that no such page can: by an IP address, localhost or an allowed name. A trusted proxy has chosen to serve the
 * name that it passes on as `X-Forwarded-Host`.
 * @returns why the request is not trusted, a sentence; undefined if it is
 */
export function strangeHostProblem(request: IncomingMessage, rules: HostRules): string | undefined {
  const { host = '', 'x-forwarded-host': forwardedHost } = request.headers
  if (isSafeHost(host, rules.allowedHosts)) return undefined
  if (forwardedHost !== undefined && rules.isFromProxy(request)) return undefined
  return `Host: ${JSON.stringify(host.slice(0, 80))} is no name of this machine; use its IP address or localhost, or add the name to http.allowed_hosts.`
}

function isSafeHost(host: string, allowed: readonly string[]): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (/^([a-z0-9_-]+\.)*localhost$/.test(name) || isIP(name) === 4) return true
  if (/^\[.*\]$/.test(name) && isIP(name.slice(1, -1)) === 6) return true
  return allowed.some((each) => each.toLowerCase() === name)
}

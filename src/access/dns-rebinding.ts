import type { IncomingMessage } from 'node:http'

/**
 * Protection against DNS rebinding: an attacker's host name that resolves to 127.0.0.1 would make a page same-origin,
 * so a request that counts as coming from this machine must name this machine in its Host header.
 * @param allowedHosts names that count as this machine, besides localhost
 * @returns why the request is not trusted, a sentence; undefined if it is
 */
export function strangeHostProblem(request: IncomingMessage, allowedHosts: readonly string[]): string | undefined {
  const host = request.headers.host ?? ''
  if (isLocalHost(host, allowedHosts)) return undefined
  return `Host: ${JSON.stringify(host.slice(0, 80))} is no name of this machine; use localhost or 127.0.0.1, or add it to http.allowed_hosts.`
}

function isLocalHost(host: string, allowed: readonly string[]): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (/^([a-z0-9_-]+\.)*localhost$/.test(name) || name === '[::1]') return true
  return /^127\.\d+\.\d+\.\d+$/.test(name) || allowed.some((each) => each.toLowerCase() === name)
}

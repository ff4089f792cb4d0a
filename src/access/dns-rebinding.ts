import type { IncomingMessage } from 'node:http'

/**
 * Defence against DNS rebinding: a name that an attacker points at 127.0.0.1 makes any page one of ours, so a request
 * that counts as coming from this machine must name this machine as its host.
 * @param allowedHosts names that count as this machine's beside localhost
 * @returns why it is not to be trusted, a sentence; undefined: it may be
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

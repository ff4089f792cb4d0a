import type { IncomingMessage } from 'node:http'
import proxyAddress from '@fastify/proxy-addr'

/** IP addresses of clients, also behind trusted reverse proxies (`X-Forwarded-For`). */
export class ClientAddresses {
  readonly #isTrusted: (address: string, hops: number) => boolean
  readonly #trustsAny: boolean

  /**
   * @param trusted addresses and networks (CIDR) of proxies whose forwarding headers are trusted
   * @throws TypeError when one is not an address
   */
  constructor(trusted: readonly string[]) {
    this.#isTrusted = proxyAddress.compile([...trusted])
    this.#trustsAny = trusted.length > 0
  }

  /** The client's IP address: the nearest one that is not a trusted proxy. */
  of(request: IncomingMessage): string {
    const address = this.#trustsAny ? proxyAddress(request, this.#isTrusted) : request.socket.remoteAddress
    // IPv4-mapped IPv6 addresses as IPv4.
    return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '')
  }

  /** Whether the browser uses HTTPS, with this server or with a trusted proxy in front of it. */
  isSecure(request: IncomingMessage): boolean {
    if ('encrypted' in request.socket && request.socket.encrypted === true) return true
    const { remoteAddress } = request.socket
    if (!this.#trustsAny || remoteAddress === undefined || !this.#isTrusted(remoteAddress, 0)) return false
    return (
      String(request.headers['x-forwarded-proto'] ?? '')
        .split(',', 1)[0]
        ?.trim() === 'https'
    )
  }
}

/**
 * What rate limits apply to: the address or, for IPv6, its /64 network, since every client has that many addresses.
 * @param address as returned by `ClientAddresses.of`
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [before = '', after] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [start, end] = [groups(before), groups(after ?? '')]
  const zeros = after === undefined ? 0 : Math.max(0, 8 - start.length - end.length)
  const all = [...start, ...Array.from({ length: zeros }, () => '0'), ...end]
  const first = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${first.join(':')}::/64`
}

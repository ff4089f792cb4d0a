import type { IncomingMessage } from 'node:http'
import proxyAddress from '@fastify/proxy-addr'

/** The IP addresses of clients, also behind reverse proxies that can be trusted (`X-Forwarded-For`). */
export class ClientAddresses {
  readonly #isTrusted: (address: string, hops: number) => boolean
  readonly #trustsAny: boolean

  /**
   * @param trusted addresses and networks (CIDR) of proxies whose forwarding headers are believed
   * @throws TypeError when one is no address
   */
  constructor(trusted: readonly string[]) {
    this.#isTrusted = proxyAddress.compile([...trusted])
    this.#trustsAny = trusted.length > 0
  }

  /** The IP address that a request comes from: the nearest that is none of the trusted proxies. */
  of(request: IncomingMessage): string {
    const address = this.#trustsAny ? proxyAddress(request, this.#isTrusted) : request.socket.remoteAddress
    // IPv4 as IPv4, however it came in.
    return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '')
  }

  /** Whether the browser speaks HTTPS, with us or with a trusted proxy before us. */
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
 * What limits go by: the address, of IPv6 the network (/64), since everybody has that many addresses to choose from.
 * @param address as `ClientAddresses.of` gives it
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

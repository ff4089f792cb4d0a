import type { IncomingMessage } from 'node:http'
import proxyAddress from '@fastify/proxy-addr'

/** Says where requests come from, behind proxies that can be trusted. */
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

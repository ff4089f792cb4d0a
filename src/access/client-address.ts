import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { compile } from '@fastify/proxy-addr'
import type { Principal } from '../core/principal.ts'

/** IP addresses of clients, also behind trusted reverse proxies (`X-Forwarded-For`). */
export class ClientAddresses {
  readonly #isTrusted: (address: string, hops: number) => boolean

  /**
   * @param trusted addresses and networks (CIDR) of proxies whose forwarding headers are trusted
   * @throws TypeError when one is not an address
   */
  constructor(trusted: readonly string[]) {
    this.#isTrusted = trusted.length > 0 ? compile([...trusted]) : () => false
  }

  /**
   * The client's IP address: the nearest one that is not a trusted proxy. What is no address in `X-Forwarded-For` ends
   * the search at the proxy that passed it on: otherwise each made-up word would be a client of its own.
   */
  of(request: IncomingMessage): string {
    let address = peerOf(request)
    if (!this.#isTrusted(address, 0)) return address
    const hops = String(request.headers['x-forwarded-for'] ?? '').split(',')
    for (let distance = 1; distance <= hops.length; distance++) {
      const hop = addressIn(hops.at(-distance) ?? '')
      if (hop === undefined) break
      address = hop
      if (!this.#isTrusted(address, distance)) break
    }
    return address
  }

  /** Whether the other end of the connection is a trusted proxy. */
  isFromProxy(request: IncomingMessage): boolean {
    return this.isProxy(request.socket.remoteAddress)
  }

  /** Whether an address is that of a trusted proxy. */
  isProxy(address: string | undefined): boolean {
    return address !== undefined && this.#isTrusted(plain(address), 0)
  }

  /** Whether the browser uses HTTPS, with this server or with a trusted proxy in front of it. */
  isSecure(request: IncomingMessage): boolean {
    if ('encrypted' in request.socket && request.socket.encrypted === true) return true
    if (!this.isFromProxy(request)) return false
    return (
      String(request.headers['x-forwarded-proto'] ?? '')
        .split(',', 1)[0]
        ?.trim() === 'https'
    )
  }
}

function peerOf({ socket }: IncomingMessage): string {
  return plain(socket.remoteAddress ?? '')
}

/** An IPv4-mapped IPv6 address as IPv4; any other as it is. */
export function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

/**
 * The address of a hop in `X-Forwarded-For`, without the port that some gateways add; undefined if it is none. One with a
 * zone (`fe80::1%eth0`) is none that somebody else could know, and there are as many zones as words.
 */
function addressIn(hop: string): string | undefined {
  const text = hop.trim()
  const [, bracketed, dotted] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? []
  const address = bracketed ?? dotted ?? text
  return isIP(address) === 0 || address.includes('%') ? undefined : plain(address)
}

/**
 * Whether a request has more than one `Host` header, of which Node uses the first. No client sends that, and a proxy in
 * front may have looked at another one.
 */
export function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0
  // Names and values alternate.
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === 4 && rawHeaders[i]?.toLowerCase() === 'host') hosts++
  return hosts > 1
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

/**
 * The client that a principal is in rate limits: the account, key or link; with the network added for visitors and
 * links, which are many people.
 * @param address as returned by `ClientAddresses.of`
 */
export function clientOf({ id, kind }: Pick<Principal, 'id' | 'kind'>, address: string): string {
  return kind === 'anonymous' || kind === 'link' ? `${id} ${networkOf(address)}` : id
}

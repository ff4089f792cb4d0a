/*
 * IP addresses and networks as numbers: 128 bits, IPv4 as the IPv4-mapped addresses of IPv6 (RFC 4291, section 2.5.5.2), so
 * that there is one form of each.
 */

/** A network: an address, and how many of its 128 bits count. */
export interface IpNetwork {
  readonly address: bigint
  readonly bits: number
}

/**
 * Reads an address: four decimal numbers, or IPv6 with or without a zone (`%eth0`, which says nothing of where it is).
 * Spellings that only some programs read as an address (`127.1`, `0x7f000001`, `0177.0.0.1`) are none.
 * @returns undefined if it is none
 */
export function parseIp(text: string): bigint | undefined {
  return text.includes(':') ? parseIpv6(text.replace(/%.*$/s, '')) : mapped(parseIpv4(text))
}

/**
 * Reads a network in CIDR notation (RFC 4632), `192.168.0.0/16` or `fd00::/8`; without a length it is one address. Bits behind
 * the length are ignored.
 * @returns undefined if it is none
 */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [, written = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = parseIp(written)
  if (address === undefined) return undefined
  const whole = written.includes(':') ? 128 : 32
  const bits = length === undefined ? whole : Number(length)
  return bits > whole ? undefined : { address, bits: 128 - whole + bits }
}

/** Whether an address is in a network. */
export function isWithin(address: bigint, network: IpNetwork): boolean {
  const rest = BigInt(128 - network.bits)
  return address >> rest === network.address >> rest
}

/** The IPv4 address that an address of IPv6 stands for, as IPv4 is written here; undefined if it stands for none. */
export function embeddedIpv4(address: bigint): bigint | undefined {
  // `::`, `::1` and their neighbours are addresses of their own.
  if (address <= 0xffffn) return undefined
  for (const { network, shift, mask } of EMBEDDING)
    if (isWithin(address, network)) return mapped(((address >> shift) ^ mask) & IPV4_MASK)
  return undefined
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return parts.reduce((address, part) => (address << 8n) | BigInt(part), 0n)
}

function mapped(ipv4: bigint | undefined): bigint | undefined {
  return ipv4 === undefined ? undefined : MAPPED | ipv4
}

/** RFC 4291, section 2.2. */
function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [before, after] = halves.map((half, i) => groupsOf(half, i === halves.length - 1))
  if (before === undefined || (halves.length === 2 && after === undefined)) return undefined
  const missing = 8 - before.length - (after?.length ?? 0)
  if (after === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...before, ...Array.from({ length: missing }, () => 0n), ...(after ?? [])]
  return groups.reduce((address, group) => (address << 16n) | group, 0n)
}

/** @param isLast whether it may end with an address of IPv4 */
function groupsOf(text: string, isLast: boolean): bigint[] | undefined {
  if (text === '') return []
  const groups: bigint[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const ipv4 = isLast && i === parts.length - 1 ? parseIpv4(part) : undefined
      if (ipv4 === undefined) return undefined
      groups.push(ipv4 >> 16n, ipv4 & 0xffffn)
    } else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`))
    else return undefined
  }
  return groups.length > 8 ? undefined : groups
}

const MAPPED = 0xffffn << 32n
const IPV4_MASK = 0xffff_ffffn

function network(text: string): IpNetwork {
  const parsed = parseNetwork(text)
  if (!parsed) throw new RangeError(`${text} is no network`)
  return parsed
}

/** Where there is an address of IPv4 in one of IPv6, and whether its bits are inverted. */
const EMBEDDING = [
  // NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380), "IPv4-compatible" (RFC 4291, section 2.5.5.1).
  { network: network('64:ff9b::/96'), shift: 0n, mask: 0n },
  { network: network('64:ff9b:1::/48'), shift: 0n, mask: 0n },
  { network: network('2002::/16'), shift: 80n, mask: 0n },
  { network: network('2001::/32'), shift: 0n, mask: IPV4_MASK },
  { network: network('::/96'), shift: 0n, mask: 0n },
] as const

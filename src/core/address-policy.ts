import { embeddedIpv4, type IpNetwork, isWithin, parseIp, parseNetwork } from './ip-address.ts'

/** Whether addresses of a kind may be asked. */
export type AddressRule = 'allow' | 'refuse'

/** Which addresses cameras may have (`cameras.addresses`). */
export interface AddressRules {
  /** 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7: those of homes and companies. */
  readonly private: AddressRule
  /** 127/8, ::1: this machine. */
  readonly loopback: AddressRule
  /** 169.254/16, fe80::/10, and where clouds keep the credentials of their machines. */
  readonly link_local: AddressRule
  /** All that anybody can reach. */
  readonly public: AddressRule
  /** Addresses and networks (CIDR) that may be asked, whatever kind they are of. */
  readonly allowed: readonly string[]
  /** Those that may not; they count more than `allowed`. */
  readonly refused: readonly string[]
}

/** Says which addresses may be asked. */
export interface AddressPolicy {
  /**
   * Why an address may not be asked: the name of the setting that refuses it; undefined if it may.
   * @param address of IPv4 or IPv6; what is none is refused
   */
  refusalOf(address: string): string | undefined
}

/** For what the operator has written down: anything may be asked. */
export const ANY_ADDRESS: AddressPolicy = { refusalOf: () => undefined }

/**
 * The policy of some settings. An address of IPv6 that stands for one of IPv4 (NAT64, 6to4 …) counts as that. Multicast,
 * unspecified and reserved addresses are refused unless `allowed` names them: no camera has one.
 * @throws RangeError with a sentence when one of the lists names no network
 */
export function addressPolicy(rules: AddressRules): AddressPolicy {
  const allowed = networksOf('cameras.addresses.allowed', rules.allowed)
  const refused = networksOf('cameras.addresses.refused', rules.refused)
  return {
    refusalOf(text) {
      const address = parseIp(text)
      if (address === undefined) return 'cameras.addresses'
      const meanings = [address, embeddedIpv4(address)].filter((each) => each !== undefined)
      const isIn = (networks: readonly IpNetwork[]) =>
        meanings.some((each) => networks.some((network) => isWithin(each, network)))
      if (isIn(refused)) return 'cameras.addresses.refused'
      if (isIn(allowed)) return undefined
      const kind = kindOf(meanings.at(-1) ?? address)
      if (kind === 'unusable') return 'cameras.addresses.allowed'
      return rules[kind] === 'allow' ? undefined : `cameras.addresses.${kind}`
    },
  }
}

function networksOf(setting: string, texts: readonly string[]): IpNetwork[] {
  return texts.map((text) => {
    const network = parseNetwork(text)
    if (network) return network
    throw new RangeError(`${setting}: ${JSON.stringify(text)} is no address and no network such as 192.168.0.0/16`)
  })
}

type AddressKind = 'private' | 'loopback' | 'link_local' | 'public' | 'unusable'

function kindOf(address: bigint): AddressKind {
  return KINDS.find(({ networks }) => networks.some((network) => isWithin(address, network)))?.kind ?? 'public'
}

/** The IANA's registries of special-purpose addresses, and of multicast; the first that fits counts. */
const KINDS = (
  [
    // Where clouds answer with the credentials of the machine, besides 169.254.169.254: AWS, Google, Alibaba, Azure, Oracle.
    ['link_local', 'fd00:ec2::/32', 'fd20:ce::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
    ['link_local', '169.254.0.0/16', 'fe80::/10'],
    ['loopback', '127.0.0.0/8', '::1'],
    ['private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', '192.0.0.0/24'],
    ['private', 'fc00::/7', 'fec0::/10'],
    ['unusable', '0.0.0.0/8', '224.0.0.0/3', '::', 'ff00::/8', '100::/64'],
  ] as const
).map(([kind, ...networks]) => ({ kind, networks: networksOf('kind', networks) }))

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type AddressRules, ANY_ADDRESS, addressPolicy } from './address-policy.ts'

const HOME: AddressRules = {
  private: 'allow',
  loopback: 'allow',
  link_local: 'refuse',
  public: 'allow',
  allowed: [],
  refused: [],
}
const only = (kind: 'private' | 'loopback' | 'link_local' | 'public') =>
  addressPolicy({ ...HOME, private: 'refuse', loopback: 'refuse', public: 'refuse', [kind]: 'allow' })

const EXAMPLES = {
  private: ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd12::1', '::ffff:10.0.0.1'],
  loopback: ['127.0.0.1', '127.255.0.1', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '::127.0.0.1'],
  link_local: ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', '::ffff:169.254.1.1', 'fd00:ec2::254', '100.100.100.200'],
  public: ['8.8.8.8', '172.32.0.1', '2a00::1', '64:ff9b::8.8.8.8', '192.169.0.1', '126.0.0.1', '128.0.0.1'],
} as const

it.each(['private', 'loopback', 'link_local', 'public'] as const)('an address counts as %s by what it is', (kind) => {
  for (const [other, addresses] of Object.entries(EXAMPLES))
    for (const address of addresses)
      expect([address, only(kind).refusalOf(address)]).toEqual([
        address,
        other === kind ? undefined : `cameras.addresses.${other}`,
      ])
})

it('multicast, unspecified and reserved addresses are refused unless they are named', () => {
  const addresses = [
    '0.0.0.0',
    '::',
    '::ffff:0.0.0.0',
    '224.0.0.1',
    '239.1.1.1',
    '255.255.255.255',
    'ff02::1',
    '0.1.2.3',
  ]
  for (const address of addresses) expect(addressPolicy(HOME).refusalOf(address)).toBe('cameras.addresses.allowed')
  expect(addressPolicy({ ...HOME, allowed: ['239.1.0.0/16'] }).refusalOf('239.1.1.1')).toBeUndefined()
})

it('the lists count more than the kinds, and refused more than allowed', () => {
  const rules = { ...HOME, private: 'refuse', allowed: ['10.0.0.0/8'], refused: ['10.0.0.1', '8.8.8.0/24'] } as const
  const { refusalOf } = addressPolicy(rules)
  expect(refusalOf('10.0.0.2')).toBeUndefined()
  expect(refusalOf('64:ff9b::10.0.0.2')).toBeUndefined()
  expect(refusalOf('10.0.0.1')).toBe('cameras.addresses.refused')
  expect(refusalOf('::ffff:a00:1')).toBe('cameras.addresses.refused')
  expect(refusalOf('64:ff9b::808:808')).toBe('cameras.addresses.refused')
  expect(refusalOf('192.168.0.1')).toBe('cameras.addresses.private')
})

it('no spelling of an address gets around the policy', () => {
  const { refusalOf } = addressPolicy({ ...HOME, private: 'refuse', loopback: 'refuse', public: 'refuse' })
  const anywhere = fc.ipV4()
  fc.assert(
    fc.property(anywhere, (address) => {
      const reason = refusalOf(address)
      expect(reason).toBeDefined()
      for (const prefix of ['::ffff:', '64:ff9b::', '64:ff9b:1::']) expect(refusalOf(prefix + address)).toBe(reason)
    }),
  )
})

it('what is no address is refused', () => {
  for (const text of ['camera.example', '2130706433', '', '127.1'])
    expect(addressPolicy(HOME).refusalOf(text)).toBe('cameras.addresses')
})

it('a list that names no network is told as such', () => {
  expect(() => addressPolicy({ ...HOME, refused: ['10.0.0.0/40'] })).toThrow(
    'cameras.addresses.refused: "10.0.0.0/40" is no address and no network such as 192.168.0.0/16',
  )
})

it('what the operator has written down may be anywhere', () => {
  expect(ANY_ADDRESS.refusalOf('169.254.169.254')).toBeUndefined()
})

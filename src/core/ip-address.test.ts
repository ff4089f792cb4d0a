import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { embeddedIpv4, isWithin, parseIp, parseNetwork } from './ip-address.ts'

const ipv4 = (text: string) => parseIp(text) ?? -1n

describe('an IP address', () => {
  it('is read in each spelling that Node knows', () => {
    const near = fc.stringMatching(/^[\da-f:.]{1,24}$/)
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), near), (text) => {
        expect(parseIp(text) !== undefined).toBe(isIP(text) !== 0)
      }),
      { numRuns: 500 },
    )
  })

  it('of IPv6 has the value that the URL standard gives it', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1)
        expect(parseIp(text)).toBe(parseIp(canonical))
        expect(parseIp(`${text}%eth0`)).toBe(parseIp(text))
      }),
    )
  })

  it.each([
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '127.0.0.256',
    '1.2.3',
    '',
    '::1::',
    ':1',
    '1:2:3:4:5:6:7:8:9',
  ])('is not %j', (text) => expect(parseIp(text)).toBeUndefined())

  it.each([
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::ffff:7f00:1', '127.0.0.1'],
  ])('%s is the same as %s', (text, same) => expect(parseIp(text)).toBe(parseIp(same)))

  it.each([
    ['64:ff9b::7f00:1', '127.0.0.1'],
    ['64:ff9b:1::10.0.0.1', '10.0.0.1'],
    ['2002:c0a8:0101::1', '192.168.1.1'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', '192.0.2.45'],
    ['::10.0.0.1', '10.0.0.1'],
  ])('%s stands for %s', (text, meant) => expect(embeddedIpv4(ipv4(text))).toBe(parseIp(meant)))

  it('of other kinds stands for none of IPv4', () => {
    for (const text of ['2a00::1', 'fd00::7f00:1', '10.0.0.1']) expect(embeddedIpv4(ipv4(text))).toBeUndefined()
  })
})

describe('a network', () => {
  it('holds the addresses that have its first bits', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (one, other, bits) => {
        const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
        const size = 2 ** (32 - bits)
        const network = parseNetwork(`${one}/${bits}`)
        expect(network && isWithin(ipv4(other), network)).toBe(
          Math.floor(number(one) / size) === Math.floor(number(other) / size),
        )
      }),
    )
  })

  it.each(['10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', '10/8', 'camera/8', '10.0.0.0/-1'])(
    'is not %j',
    (text) => expect(parseNetwork(text)).toBeUndefined(),
  )

  it('of one version holds no address of the other', () => {
    const all = parseNetwork('0.0.0.0/0')
    expect(all && isWithin(ipv4('2a00::1'), all)).toBe(false)
  })
})

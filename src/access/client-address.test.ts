import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ClientAddresses, hasSeveralHosts, networkOf } from './client-address.ts'

it('limits go by an IPv4 address as it is', () => {
  expect(networkOf('203.0.113.7')).toBe('203.0.113.7')
  expect(networkOf('')).toBe('')
})

it('limits go by the network of an IPv6 address, however it is written', () => {
  for (const address of [
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff:ffff:ffff:ffff',
    '2001:0DB8:0001:0002::',
    '2001:db8:1:2:3:4:5:6',
  ])
    expect(networkOf(address)).toBe('2001:db8:1:2::/64')
  expect(networkOf('2001:db8:1:3::1')).toBe('2001:db8:1:3::/64')
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::/64')
  expect(networkOf('::1')).toBe('0:0:0:0::/64')
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
})

describe('behind a trusted proxy', () => {
  const addresses = new ClientAddresses(['10.0.0.0/8', '::1'])
  const addressFrom = (peer: string, forwardedFor?: string) => {
    const request = new IncomingMessage(new Socket())
    Object.defineProperty(request.socket, 'remoteAddress', { value: peer })
    if (forwardedFor !== undefined) request.headers['x-forwarded-for'] = forwardedFor
    return addresses.of(request)
  }

  it('the client is the nearest address that is no trusted proxy', () => {
    expect(addressFrom('10.0.0.1', '198.51.100.9, 203.0.113.7, 10.0.0.2')).toBe('203.0.113.7')
    expect(addressFrom('::ffff:10.0.0.1', '203.0.113.7')).toBe('203.0.113.7')
    expect(addressFrom('::1', '2001:db8::7')).toBe('2001:db8::7')
    expect(addressFrom('10.0.0.1', '10.0.0.3,10.0.0.2')).toBe('10.0.0.3')
    expect(addressFrom('10.0.0.1')).toBe('10.0.0.1')
    expect(addressFrom('203.0.113.1', '203.0.113.7')).toBe('203.0.113.1')
  })

  it('the port that some gateways add is no part of the address', () => {
    expect(addressFrom('10.0.0.1', '203.0.113.7:50123')).toBe('203.0.113.7')
    expect(addressFrom('10.0.0.1', '203.0.113.7, 10.0.0.2:443')).toBe('203.0.113.7')
    expect(addressFrom('10.0.0.1', '[2001:db8::7]:50123')).toBe('2001:db8::7')
    expect(addressFrom('10.0.0.1', '[2001:db8::7]')).toBe('2001:db8::7')
    expect(addressFrom('10.0.0.1', '::ffff:203.0.113.7')).toBe('203.0.113.7')
  })

  it.each([
    'unknown',
    '',
    ' ',
    '_hidden',
    '1.2.3',
    '999.1.1.1',
    '203.0.113.7:x',
    '[203.0.113.7',
    'a:b:c',
    '[]:1',
    '::ffff:203.0.113.7%x',
    '[fe80::1%x]:1',
  ])('what is no address (%s) is counted for the proxy that passed it on', (junk) => {
    expect(addressFrom('10.0.0.1', junk)).toBe('10.0.0.1')
    expect(addressFrom('10.0.0.1', `203.0.113.7, ${junk}, 10.0.0.2`)).toBe('10.0.0.2')
  })
})

it('several Host headers are found, however they are written', () => {
  const request = new IncomingMessage(new Socket())
  const hasSeveral = (...rawHeaders: string[]) => hasSeveralHosts(Object.assign(request, { rawHeaders }))
  expect(hasSeveral('Host', 'a', 'HOST', 'a')).toBe(true)
  expect(hasSeveral('Host', 'a', 'x', 'host')).toBe(false)
})

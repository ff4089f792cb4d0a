import { expect, it } from 'vitest'
import { formatAddress, parseAddress } from './address.ts'

it.each([
  ['tcp://localhost:9999', { host: 'localhost', port: 9999 }],
  ['tcp://10.0.0.1:8888', { host: '10.0.0.1', port: 8888 }],
  ['tcp://[::1]:1', { host: '::1', port: 1 }],
  ['tcp://[fe80::1%eth0]:65535', { host: 'fe80::1%eth0', port: 65_535 }],
])('reads %s, and writes it again', (text, address) => {
  expect(parseAddress(text, 'connect')).toEqual(address)
  expect(formatAddress(address)).toBe(text)
})

it('takes an asterisk for what is to be chosen when listening, and only then', () => {
  expect(parseAddress('tcp://*:8888', 'bind')).toEqual({ host: undefined, port: 8888 })
  expect(parseAddress('tcp://127.0.0.1:*', 'bind')).toEqual({ host: '127.0.0.1', port: 0 })
  expect(formatAddress({ host: undefined, port: 8888 })).toBe('tcp://*:8888')
  expect(() => parseAddress('tcp://*:8888', 'connect')).toThrow(RangeError)
  expect(() => parseAddress('tcp://localhost:0', 'connect')).toThrow(RangeError)
})

it.each([
  '',
  'localhost:9999',
  'tcp://localhost',
  'tcp://:9999',
  'tcp://localhost:65536',
  'tcp://::1:9999',
  'tcp://user:password@host:9999',
  'tcp://host:9999/path',
  'ipc:///tmp/socket',
  'tcp://ho st:1',
])('refuses "%s" with a sentence that says how to write it', (text) => {
  expect(() => parseAddress(text, 'connect')).toThrow(
    `"${text}" is no address to connect to; write tcp://HOST:PORT, for example tcp://localhost:9999`,
  )
})

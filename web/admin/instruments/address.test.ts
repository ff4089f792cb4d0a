import { expect, it } from 'vitest'
import { addressOf } from './address.ts'

it('is a host and a port, with or without tcp://', () => {
  for (const text of ['tcp://beam.psi.ch:8888', ' beam.psi.ch:8888 ', 'TCP://beam.psi.ch:8888'])
    expect(addressOf(text)).toEqual({ host: 'beam.psi.ch', port: 8888 })
  expect(addressOf('tcp://[::1]:1')).toEqual({ host: '::1', port: 1 })
})

it('is nothing else', () => {
  const wrong = [
    '',
    'beam',
    'beam:',
    ':8888',
    'beam:0',
    'beam:65536',
    '::1:8888',
    'http://beam:8888',
    'a b:1',
    'beam:8888/x',
  ]
  expect(wrong.filter((text) => addressOf(text))).toEqual([])
})

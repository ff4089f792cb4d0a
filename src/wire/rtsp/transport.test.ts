import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readSession, readTransport } from './transport.ts'

it.each([
  [
    'RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=1F7C499D;mode="PLAY"',
    { isTcp: true, channels: [2, 3], serverPorts: undefined },
  ],
  ['RTP/AVP/TCP; unicast; Interleaved=4', { isTcp: true, channels: [4, 5], serverPorts: undefined }],
  [
    'RTP/AVP;unicast;client_port=4588-4589;server_port=6256-6257;source=10.0.0.2',
    { isTcp: false, channels: undefined, serverPorts: [6256, 6257] },
  ],
  ['RTP/AVP/UDP;unicast;server_port=99999-100000', { isTcp: false, channels: undefined, serverPorts: undefined }],
  ['', { isTcp: false, channels: undefined, serverPorts: undefined }],
])('a transport is read: %s', (value, transport) => {
  expect(readTransport(value)).toEqual(transport)
})

it('whatever it is, it is read', () => {
  fc.assert(fc.property(fc.string(), (value) => typeof readTransport(value).isTcp === 'boolean'))
  fc.assert(fc.property(fc.string(), (value) => readSession(value).timeout > 0))
})

it.each([
  ['12345678;timeout=30', { id: '12345678', timeout: 30 }],
  ['a-b_c; Timeout = 90', { id: 'a-b_c', timeout: 90 }],
  ['12345678', { id: '12345678', timeout: 60 }],
  ['12345678;timeout=0', { id: '12345678', timeout: 60 }],
])('a session is read, with how long it lives: %s', (value, session) => {
  expect(readSession(value)).toEqual(session)
})

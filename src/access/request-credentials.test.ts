import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { authorizationOf, tokenOf } from './request-credentials.ts'

function request(authorization: string | undefined, url = '/', method = 'GET'): IncomingMessage {
  const message = new IncomingMessage(new Socket())
  if (authorization !== undefined) message.headers = { authorization }
  message.url = url
  message.method = method
  return message
}

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`

describe('the header Authorization', () => {
  it.each([
    [undefined, undefined],
    ['Bearer abc', { kind: 'bearer', token: 'abc' }],
    [' bearer   abc ', { kind: 'bearer', token: 'abc' }],
    ['Bearer', { kind: 'malformed' }],
    ['Bearer a b', { kind: 'malformed' }],
    [basic('anybody:bvk_abc'), { kind: 'basic', password: 'bvk_abc' }],
    [basic(':bvs_a:b'), { kind: 'basic', password: 'bvs_a:b' }],
    [basic('bvk_abc'), { kind: 'basic', password: '' }],
    ['Basic %%%', { kind: 'basic', password: '' }],
    ['Digest username="admin"', { kind: 'foreign' }],
    ['Negotiate abc==', { kind: 'foreign' }],
    ['', { kind: 'foreign' }],
    ['\xff\xfe', { kind: 'foreign' }],
  ])('%j shows %j', (header, shown) => {
    expect(authorizationOf(request(header))).toEqual(shown)
  })

  it.each([
    basic('bob:secret'),
    basic('bvk_abc:secret'),
    basic('bvk_abc'),
    'Basic',
    'Basic %%%',
    'Digest username="admin"',
    'Negotiate abc==',
    'abc',
    '',
    '\xff\xfe',
  ])('%j is no token, and ?token= counts', (header) => {
    expect(tokenOf(request(header))).toBeUndefined()
    expect(tokenOf(request(header, '/streams?token=abc'))).toBe('abc')
    expect(tokenOf(request(header, '/streams?token=abc', 'POST'))).toBeUndefined()
  })

  it('refuses a badly formed Bearer, which was meant for this server', () => {
    expect(() => tokenOf(request('Bearer', '/?token=abc'))).toThrow('must be "Bearer <token or key>"')
  })
})

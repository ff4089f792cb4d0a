import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HttpAuthentication } from './http-authentication.ts'

/* The examples are those of RFC 7616, section 3.9, RFC 2617, section 3.5, RFC 2069 (with its erratum 749) and RFC 7617. */

const NONCE_7616 = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
const OPAQUE_7616 = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS'
const CLIENT_7616 = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
const MUFASA = { user: 'Mufasa', password: 'Circle of Life' }

function answer(challenge: string, credentials: { user: string; password: string }, uri: string, clientNonce = 'x') {
  const authentication = new HttpAuthentication(credentials, () => clientNonce)
  expect(authentication.authorization('GET', uri)).toBeUndefined()
  expect(authentication.refused([challenge])).toBe('again')
  return authentication.authorization('GET', uri) ?? ''
}

const field = (header: string, name: string) => new RegExp(`[ ,]${name}="?([^",]*)`).exec(header)?.[1]

describe('a digest', () => {
  const challenge = (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${NONCE_7616}", opaque="${OPAQUE_7616}"`

  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('with %s is that of the standard', (algorithm, response) => {
    expect(answer(challenge(algorithm), MUFASA, '/dir/index.html', CLIENT_7616)).toBe(
      `Digest username="Mufasa", realm="http-auth@example.org", nonce="${NONCE_7616}", uri="/dir/index.html", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="${CLIENT_7616}", response="${response}", opaque="${OPAQUE_7616}"`,
    )
  })

  it('with SHA-512/256 and a hashed user name is that of the standard, corrected by erratum 4897', () => {
    const header = answer(
      'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true',
      { user: 'J\u{e4}s\u{f8}n Doe', password: 'Secret, or not?' },
      '/doe.json',
      'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
    )
    expect(field(header, 'username')).toBe('793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b')
    expect(header).toContain('userhash=true')
    expect(field(header, 'response')).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5')
  })

  it('without qop is that of RFC 2069', () => {
    const header = answer(
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
      { user: 'Mufasa', password: 'CircleOfLife' },
      '/dir/index.html',
    )
    expect(field(header, 'response')).toBe('1949323746fe6a43ef61f9606e7febea')
    expect(header).not.toMatch(/cnonce|nc=|qop|algorithm/)
  })

  it('counts how often its nonce is used, and has the address as it is sent', () => {
    const authentication = new HttpAuthentication(MUFASA)
    authentication.refused([challenge('MD5')])
    const uri = '/cgi-bin/snapshot.cgi?channel=1&x=%20"'
    const headers = [1, 2, 3].map(() => authentication.authorization('GET', uri) ?? '')
    expect(headers.map((header) => field(header, 'nc'))).toEqual(['00000001', '00000002', '00000003'])
    expect(new Set(headers.map((header) => field(header, 'cnonce'))).size).toBe(3)
    expect(headers[0]).toContain('uri="/cgi-bin/snapshot.cgi?channel=1&x=%20\\""')
  })

  it('is checked by whoever knows the password, whatever is in it', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 })
    fc.assert(
      fc.property(text, text, fc.boolean(), (user, password, isOfSession) => {
        const algorithm = isOfSession ? 'MD5-sess' : 'MD5'
        const header = answer(
          `Digest realm="a \\"b\\"", nonce="n", qop="auth", algorithm=${algorithm}`,
          { user, password },
          '/a',
        )
        const hash = (each: string) => createHash('md5').update(each).digest('hex')
        const ofUser = hash(`${user}:a "b":${password}`)
        const secret = isOfSession ? hash(`${ofUser}:n:x`) : ofUser
        expect(header).toContain(`response="${hash(`${secret}:n:00000001:x:auth:${hash('GET:/a')}`)}"`)
        expect(header).toContain('realm="a \\"b\\""')
        expect(header).not.toMatch(/[^\x20-\x7e]/)
      }),
    )
  })
})

it('Basic is that of the standard, also with the password that breaks addresses', () => {
  expect(answer('Basic realm="WallyWorld"', { user: 'Aladdin', password: 'open sesame' }, '/')).toBe(
    'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  )
  expect(answer('basic', { user: 'test', password: '123\u{a3}' }, '/')).toBe('Basic dGVzdDoxMjPCow==')
  expect(answer('BASIC realm=x', { user: 'a', password: 'P@ss#1%0X' }, '/')).toBe('Basic YTpQQHNzIzElMFg=')
})

it.each([
  ['Basic realm="a, b", Digest realm="c", nonce="1"', 'Digest username="Mufasa", realm="c"'],
  ['Digest realm="c", nonce="1", algorithm=MD5, Digest realm="d", nonce="2", algorithm=SHA-256', 'realm="d"'],
  ['Negotiate, NTLM, Basic realm="a"', 'Basic '],
  ['Digest realm="c", nonce="1", qop="auth-int", Basic realm="a"', 'Basic '],
  ['Digest realm="c", nonce="1", algorithm=SHA-1, Basic realm="a"', 'Basic '],
])('of several challenges the safest that is known is answered: %s', (header, answered) => {
  expect(answer(header, MUFASA, '/')).toContain(answered)
})

it('is sent again once where the nonce is too old, and not where the password is wrong', () => {
  const authentication = new HttpAuthentication(MUFASA)
  const fresh = (nonce: string, more = '') => [`Digest realm="a", nonce="${nonce}", qop="auth"${more}`]
  expect(authentication.refused(fresh('1'))).toBe('again')
  authentication.authorization('GET', '/')
  authentication.accepted()
  authentication.authorization('GET', '/')
  // Not all cameras say that it is stale.
  expect(authentication.refused(fresh('2'))).toBe('again')
  expect(field(authentication.authorization('GET', '/') ?? '', 'nc')).toBe('00000001')
  expect(authentication.refused(fresh('3'))).toBe('wrong')
  expect(authentication.authorization('GET', '/')).toBeUndefined()

  const other = new HttpAuthentication(MUFASA)
  expect(other.refused(fresh('1'))).toBe('again')
  expect(other.refused(fresh('2', ', stale=TRUE'))).toBe('again')
  expect(other.refused(fresh('3', ', stale=true'))).toBe('wrong')

  const wrong = new HttpAuthentication(MUFASA)
  expect(wrong.refused(fresh('1'))).toBe('again')
  expect(wrong.refused(fresh('2'))).toBe('wrong')
})

it('says when nothing is known of what the camera wants', () => {
  expect(new HttpAuthentication(MUFASA).refused([])).toBe('unknown')
  expect(new HttpAuthentication(MUFASA).refused(['Bearer realm="x"', 'Digest realm="no nonce"'])).toBe('unknown')
  expect(new HttpAuthentication(MUFASA).refused(['Digest realm="a\r\nX: y", nonce="1"'])).toBe('unknown')
})

it('any header is read without harm', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.stringMatching(/^(?:Digest|Basic)[ a-z=",\\]{0,40}$/))),
      (headers) => {
        const authentication = new HttpAuthentication(MUFASA)
        authentication.refused(headers)
        expect(authentication.authorization('GET', '/') ?? '').toMatch(/^(?:Digest [\x20-\xff]*|Basic [\x20-\x7e]*|)$/)
      },
    ),
  )
})

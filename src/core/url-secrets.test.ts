import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMasked, isSecretName, MASK, maskSecrets } from './url-secrets.ts'

describe('the secrets in URLs', () => {
  it.each([
    ['rtsp://admin:geheim@10.0.0.5:554/live?channel=1', 'rtsp://admin:***@10.0.0.5:554/live?channel=1'],
    ['rtsp://admin:P@ss#1%0X@10.0.0.5/live', 'rtsp://admin:***@10.0.0.5/live'],
    ['rtsp://admin:P@s/s?1@cam/live', 'rtsp://admin:***@cam/live'],
    ['http://u:p@cam/icon@2x.jpg', 'http://u:***@cam/icon@2x.jpg'],
    ['http://u:p@cam/?src=rtsp://a:b@10.0.0.5/', 'http://u:***@cam/?src=rtsp://a:***@10.0.0.5/'],
    ['http://admin:a:b@cam/', 'http://admin:***@cam/'],
    ['https://:pw@cam', 'https://:***@cam'],
    ['rtsp://admin:p@ss@cam/x@y', 'rtsp://admin:***@cam/x@y'],
    ['rtsp://admin:pa/ss@cam/live', 'rtsp://admin:***@cam/live'],
    ['rtsp://admin:pa#s?s@cam/live', 'rtsp://admin:***@cam/live'],
    ['rtsp://admin:two words@cam/live', 'rtsp://admin:***@cam/live'],
    ['rtsp://TOKEN@cam/live', 'rtsp://***@cam/live'],
    ['https://TOKEN:@cam/live', 'https://***:@cam/live'],
    ['http://cam/video.cgi?user=admin&pwd=geheim&rate=5', 'http://cam/video.cgi?user=admin&pwd=***&rate=5'],
    ['http://a:b@cam:80/?PassWord=x%20y&token=z&n=1#part', 'http://a:***@cam:80/?PassWord=***&token=***&n=1#part'],
    ['ffmpeg -i rtsp://a:b@cam/1 and http://c:d@cam', 'ffmpeg -i rtsp://a:***@cam/1 and http://c:***@cam'],
    ['rtsp://cam/user=admin&password=x&channel=1', 'rtsp://cam/user=admin&password=***&channel=1'],
    [
      'rtsp://cam/user=admin_password=tl_J_channel=1_stream=0.sdp',
      'rtsp://cam/user=admin_password=***_channel=1_stream=0.sdp',
    ],
    ['rtsp://cam:554/0/admin:geheim/main', 'rtsp://cam:554/0/admin:***/main'],
    ['rtsps://10.0.0.1:7441/Zx81AbCdEfGh1234?enableSrtp', 'rtsps://10.0.0.1:7441/***?enableSrtp'],
    ['http://nas/webapi/entry.cgi?api=x&_sid=x&session=y', 'http://nas/webapi/entry.cgi?api=x&_sid=***&session=***'],
    ['ring:?device_id=1&refresh_token=x', 'ring:?device_id=1&refresh_token=***'],
    ['10.0.0.5/snap.cgi?user=admin&pwd=x', '10.0.0.5/snap.cgi?user=admin&pwd=***'],
    ['rtsp://cam/live;pwd=x;channel=2', 'rtsp://cam/live;pwd=***;channel=2'],
    ['rtsp://cam/live#pwd=x', 'rtsp://cam/live#pwd=***'],
    ['http://cam/?token=x#pwd=y', 'http://cam/?token=***#pwd=***'],
    ['http://cam/?token=a;b#c', 'http://cam/?token=***'],
    ['http://cam/?apikey=x&api_key=y&X-Api-Key=z', 'http://cam/?apikey=***&api_key=***&X-Api-Key=***'],
    ['http://cam/?loginuse=admin&loginpas=x', 'http://cam/?loginuse=admin&loginpas=***'],
    ['http://cam/?pa%73sword=x&%70%77%64=y&p%2577d=z', 'http://cam/?pa%73sword=***&%70%77%64=***&p%2577d=***'],
    ['http://hub/#key=publish', 'http://hub/#key=***'],
    ['http://go2rtc/?src=rtsp://a:b=c@cam/1', 'http://go2rtc/?src=rtsp://a:***@cam/1'],
    ['http://go2rtc/?src=rtsp%3A%2F%2Fa%3Ab%40cam&n=1', 'http://go2rtc/?src=rtsp%3A%2F%2Fa%3A***%40cam&n=1'],
    ['http://h/?u=http%253A%252F%252Fc%252F%253Fpwd%253Dx', 'http://h/?u=http%253A%252F%252Fc%252F%253Fpwd%253D***'],
    ['/cgi-bin/still?pwd=x', '/cgi-bin/still?pwd=***'],
    ['-headers "Authorization: Basic YTpi" -i x', '-headers "Authorization: Basic ***" -i x'],
  ])('of %s are masked', (url, masked) => {
    expect(maskSecrets(url)).toBe(masked)
    expect(maskSecrets(masked)).toBe(masked)
    expect(isMasked(masked)).toBe(true)
    expect(isMasked(url)).toBe(false)
  })

  it.each([
    '',
    'Gate 3',
    'rtsp://10.0.0.5:554/live',
    'rtsp://[fe80::1]:554/live?x=@',
    'http://cam/a@b:c@d',
    'http://cam/?pwd=&a',
    'http://:@cam/',
    'http://cam/?author=me&design=3&pin%3Dned',
    'http://cam/?t=10%3A30&u=http%3A%2F%2Fcam%2F1',
    'mail me: a:b@example.org',
    'http://cam/***',
    'http://hub/frames?label=site&key=camera',
    'http://proxy/rtsp/cam:554/live',
    'http://[fe80::1]:8080/live:1/x',
    'rtsp://10.0.0.1:7441/live',
  ])('are all that is masked: %s', (text) => {
    expect(maskSecrets(text)).toBe(text)
    expect(isMasked(text)).toBe(false)
  })

  /** As cameras and people write them: encoded, or raw as far as that does not end them. */
  const encoded = fc.string({ minLength: 8, maxLength: 40, unit: 'binary' }).map(encodeURIComponent)
  const base64 = fc.base64String({ minLength: 8, maxLength: 40 })
  const raw = fc.stringMatching(/^[\w!$'()*+,.:;=?#/@~-]{8,40}$/).filter((text) => !/[;#?,][\w.%-]*=/.test(text))
  const secret = fc.oneof(encoded, base64, raw).filter((text) => text.replaceAll('*', '').length > 7)
  const name = fc
    .constantFrom(
      'password',
      'pwd',
      'passwd',
      'psw',
      'apikey',
      'api_key',
      'token',
      'access_token',
      'authorization',
      'auth',
      'sig',
    )
    .chain((name) =>
      fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }).map((isEncoded) =>
        [...name]
          .map((letter, i) => (isEncoded[i] ? `%${letter.charCodeAt(0).toString(16)}` : letter))
          .map((letter, i) => (i % 2 ? letter.toUpperCase() : letter))
          .join(''),
      ),
    )
  const asParameter = fc
    .tuple(
      fc.constantFrom('/?', '/live;', '/live#', '/user=admin&', '/?user=admin&', '/user=admin_', '/'),
      name,
      secret,
    )
    .filter(([before, , secret]) => before !== '/user=admin_' || !secret.includes('_'))
    .chain(([before, name, secret]) =>
      fc.constantFrom('', '&channel=1', ';channel=1', '#top=1').map((after) => ({
        url: `rtsp://cam${before}${name}=${secret}${after}`,
        secret,
      })),
    )
  const asUserInfo = fc
    .tuple(fc.constantFrom('admin:', ':', ''), fc.oneof(encoded, base64, raw), fc.webPath())
    // To every reader digits before a raw / are a port, and what stands between a raw @ and a raw / is the host.
    .filter(([user, secret]) => (user === '' ? !/[:/?#@]/.test(secret) : !/^\d+[/?#]|@[^/?#]*\//.test(secret)))
    .map(([user, secret, path]) => ({ url: `rtsp://${user}${secret}@cam${path}`, secret }))
  const direct = fc.oneof(asParameter, asUserInfo)
  const nested = fc
    .tuple(direct, fc.constantFrom('http://hub/?src=', 'http://hub/', 'see '), fc.integer({ min: 0, max: 2 }))
    .map(([{ url, secret }, before, times]) => {
      let [within, hidden] = [url, secret]
      for (let n = 0; n < times; n++) [within, hidden] = [encodeURIComponent(within), encodeURIComponent(hidden)]
      return { url: before + within, secret: hidden }
    })
    .filter(({ url }) => !url.startsWith('see ') || (!/\s/.test(url.slice(4)) && url.includes('://')))

  it('are in nothing that comes out, whatever they are and wherever they stand', () => {
    fc.assert(
      fc.property(fc.oneof(direct, nested), ({ url, secret }) => {
        const shown = maskSecrets(url)
        expect(shown).not.toContain(secret)
        expect(maskSecrets(shown)).toBe(shown)
        expect([isMasked(url), isMasked(shown)]).toEqual([false, true])
      }),
      { numRuns: 300 },
    )
  })

  it('are looked for in any text in no time', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof maskSecrets(`x://${text}`) === 'string'))
    const long = [
      ...['a'.repeat(2e5), `x://${'?&='.repeat(2e4)}`, `x://${'a=%3D'.repeat(2e4)}`, `x://h/${'%25'.repeat(2e4)}`],
      ...[`x://h/${'a=;'.repeat(2e4)}`, `x://h/${'%2525253A='.repeat(2e4)}`],
    ]
    for (const text of long) expect(maskSecrets(text)).toBe(text)
    for (const text of ['a://'.repeat(50_000), `x://${'@'.repeat(2e5)}`, `x://h/${'pwd=x&'.repeat(2e4)}`])
      expect(maskSecrets(text)).toContain('***')
  })
})

describe('a name', () => {
  it.each(['password', 'Authorization', 'pa%73sword', 'x-api-key', 'set-cookie', 'auth', 'user_pw'])(
    'says that a secret is there: %s',
    (name) => expect(isSecretName(name)).toBe(true),
  )
  it.each(['author', 'key', 'user', 'design', 'site', 'spawn', 'pastel'])('says nothing of the kind: %s', (name) =>
    expect(isSecretName(name)).toBe(false),
  )
})

it('thousands of parameters and of secrets in paths are masked in one go', () => {
  const parts = 8000
  expect(maskSecrets(`rtsp://h/${'x=1/b:cccc&'.repeat(parts)}`)).toBe(`rtsp://h/${`x=1/b:${MASK}&`.repeat(parts)}`)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMasked, maskSecrets } from './url-secrets.ts'

describe('the passwords in URLs', () => {
  it.each([
    ['rtsp://admin:geheim@10.0.0.5:554/live?channel=1', 'rtsp://admin:***@10.0.0.5:554/live?channel=1'],
    ['http://admin:a:b@cam/', 'http://admin:***@cam/'],
    ['https://:pw@cam', 'https://:***@cam'],
    ['rtsp://admin:p@ss@cam/x@y', 'rtsp://admin:***@cam/x@y'],
    ['rtsp://admin:pa/ss@cam/live', 'rtsp://admin:***@cam/live'],
    ['rtsp://admin:pa#s?s@cam/live', 'rtsp://admin:***@cam/live'],
    ['rtsp://admin:two words@cam/live', 'rtsp://admin:***@cam/live'],
    ['http://cam/video.cgi?user=admin&pwd=geheim&rate=5', 'http://cam/video.cgi?user=admin&pwd=***&rate=5'],
    ['http://a:b@cam:80/?PassWord=x%20y&token=z#part', 'http://a:***@cam:80/?PassWord=***&token=***#part'],
    ['ffmpeg -i rtsp://a:b@cam/1 and http://c:d@cam', 'ffmpeg -i rtsp://a:***@cam/1 and http://c:***@cam'],
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
    'http://user@cam/',
    'http://user:@cam/',
    'http://cam/?pwd=&a',
    'http://cam#?pwd=x',
    'mail me: a:b@example.org',
    'http://cam/***',
  ])('are all that is masked: %s', (text) => {
    expect(maskSecrets(text)).toBe(text)
    expect(isMasked(text)).toBe(false)
  })

  it('are never shown, whatever they are', () => {
    const password = fc.string({ minLength: 8 }).map(encodeURIComponent)
    fc.assert(
      fc.property(password, fc.webPath(), (secret, path) => {
        expect(maskSecrets(`rtsp://admin:${secret}@cam${path}`)).toBe(`rtsp://admin:***@cam${path}`)
      }),
    )
  })

  it('are looked for in any text in no time', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof maskSecrets(`x://${text}`) === 'string'))
    for (const text of ['a'.repeat(1e6), 'a://'.repeat(250_000), `x://${'@'.repeat(1e6)}`, `x://${'?&='.repeat(1e5)}`])
      expect(maskSecrets(text)).toBe(text)
  })
})

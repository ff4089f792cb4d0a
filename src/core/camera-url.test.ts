import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostOfCamera, readCameraUrl } from './camera-url.ts'

const read = (text: string) => readCameraUrl(text, 'anybody')
const parts = (text: string) => {
  const { url, user, password } = read(text)
  return [url, user, password]
}

describe('the address of a camera', () => {
  it.each([
    ['rtsp://10.0.0.5/live', 'rtsp://10.0.0.5/live', undefined, undefined],
    ['  RTSP://cam.local:8554/Live?channel=1 ', 'rtsp://cam.local:8554/Live?channel=1', undefined, undefined],
    ['rtsp://admin@cam/', 'rtsp://cam/', 'admin', undefined],
    ['rtsp://admin:@cam/', 'rtsp://cam/', 'admin', ''],
    ['rtsp://admin:geheim@[fd00::1]:554/live', 'rtsp://[fd00::1]:554/live', 'admin', 'geheim'],
    ['rtsp://admin:P@ss#1%0X@10.0.0.5/live', 'rtsp://10.0.0.5/live', 'admin', 'P@ss#1%0X'],
    ['rtsp://admin:P%40ss%231%250X@10.0.0.5/live', 'rtsp://10.0.0.5/live', 'admin', 'P@ss#1%0X'],
    ['rtsp://admin:P@ss#1%0X@cam.local:554/live', 'rtsp://cam.local:554/live', 'admin', 'P@ss#1%0X'],
    ['rtsp://admin:pa/ss@cam/x', 'rtsp://cam/x', 'admin', 'pa/ss'],
    ['rtsp://admin:1234/5@10.0.0.5/live', 'rtsp://10.0.0.5/live', 'admin', '1234/5'],
    ['rtsp://admin:12#4@cam/live', 'rtsp://cam/live', 'admin', '12#4'],
    ['rtsp://admin:wh?t@cam/live', 'rtsp://cam/live', 'admin', 'wh?t'],
    ['rtsp://admin:a b:c@cam/live', 'rtsp://cam/live', 'admin', 'a b:c'],
    ['rtsp://me@mail.org:pw@10.0.0.5/', 'rtsp://10.0.0.5/', 'me@mail.org', 'pw'],
    ['http://u:p@cam/icons@2x.jpg', 'http://cam/icons@2x.jpg', 'u', 'p'],
    ['http://cam/snap?mail=a@b.org', 'http://cam/snap?mail=a@b.org', undefined, undefined],
    ['http://cam:80/snap@10.0.0.5', 'http://10.0.0.5', 'cam', '80/snap'],
    [
      'http://hub:1984/api?src=rtsp://a:b@10.0.0.5/',
      'http://hub:1984/api?src=rtsp://a:b@10.0.0.5/',
      undefined,
      undefined,
    ],
    ['udp://@239.0.0.1:1234', 'udp://239.0.0.1:1234', undefined, undefined],
    ['srt://cam:9000?passphrase=long-secret', 'srt://cam:9000?passphrase=long-secret', undefined, undefined],
  ])('%s is read', (text, ...expected) => {
    expect(parts(text)).toEqual(expected)
  })

  it.each([
    ['', 'must not be empty'],
    ['10.0.0.5/live', 'write rtsp:// before it'],
    ['cam.local:554/live', 'write rtsp:// before it'],
    ['admin:pw@10.0.0.5:554/live', 'write rtsp:// before it'],
    ['rtsp:/cam/live', 'write rtsp:// before it'],
    ['rtsp://', 'must name a host'],
    ['rtsp:///live', 'must name a host'],
    ['rtsp://:554/live', 'not valid'],
    ['rtsp://admin:pw@', 'must name a host'],
    ['rtsp://10.0.0.256/live', 'not valid'],
    ['rtsp://cam:70000/live', 'not valid'],
    ['rtsp://fd00::1/live', 'in brackets: [fd00::1]'],
    ['rtsp://cam/a b', 'write %20'],
    ['rtsp://cam/\nlive', 'control characters'],
    ['rtsp://cam/live#video=copy#audio=opus', 'leave out "#video=" and what follows it'],
    ['ffmpeg:rtsp://cam/live#video=h264', 'leave out "ffmpeg:"'],
    ['exec:ffmpeg -i rtsp://cam -f rtsp {output}', 'exec: runs a program'],
    ['concat:a.ts|b.ts', 'concat: runs a program or joins files'],
    ['concat://a.ts', 'concat: runs a program or joins files'],
    ['pipe:0', 'never taken'],
    ['data:video/mp4;base64,AAAA', 'never taken'],
    ['javascript://x/%0aalert(1)', 'never taken'],
    ['onvif://admin:pw@cam', 'onvif:// is not read yet'],
    ['rtspx://cam:7441/key', 'write rtsps://'],
    ['homekit://cam', 'is of go2rtc'],
    ['ftp://cam/clip', 'ftp:// cannot be read; an address begins with http://, https://, rtsp://'],
    ['file:///etc/passwd', 'in its configuration file only'],
    ['FILE:///etc/passwd', 'in its configuration file only'],
    ['/dev/video0', 'in its configuration file only'],
    ['/etc/passwd', 'must be the address of a camera'],
    ['rtsp://{user}:{password}@cam/live', 'write out user and password'],
    ['rtsp://admin:<password>@cam/live', 'write out user and password'],
    ['rtsp://CAMERA/{channel}', 'in place of {channel}'],
    [`rtsp://${'$'}{CAMERA}/live`, `in place of ${'$'}{CAMERA}`],
    [`rtsp://cam/${'a'.repeat(5000)}`, 'at most 4096 characters'],
  ])('%s is refused in words', (text, reason) => {
    expect(() => read(text)).toThrow(`url: `)
    expect(() => read(text)).toThrow(reason)
  })

  it.each([
    'rtsp://admin:{geheim}@cam/',
    'rtsp://{geheim}@cam/',
    'rtsp://cam/?pwd={geheim}',
    'rtsp://cam/#geheim',
    'rtsp://admin:geheim@cam local/',
    'rtsp://admin:geheim@cam:99999/',
    'admin:geheim@cam/',
    'rtsp:/admin:geheim@cam/',
    'ftp://admin:geheim@cam/',
    'onvif://admin:geheim@cam/',
  ])('%s is refused without a word of what may be a password', (text) => {
    expect(() => read(text)).toThrow(/^url: (?!.*geheim)/)
  })

  it('may be a file or a video device in the configuration', () => {
    expect(readCameraUrl('file:///srv/clip.mp4', 'configuration')).toMatchObject({ url: 'file:///srv/clip.mp4' })
    expect(readCameraUrl('/dev/video0', 'configuration')).toMatchObject({ url: '/dev/video0' })
    expect(() => readCameraUrl('file:clip.mp4', 'configuration')).toThrow('with its whole path')
    for (const text of ['exec:sh', 'concat:a|b', 'pipe:0', 'data:,', '/dev/sda', '/dev/video0/../sda'])
      expect(() => readCameraUrl(text, 'configuration'), text).toThrow('url: ')
  })

  it('has one host, whatever the port and the case', () => {
    const hosts = ['rtsp://Cam.local:554/a', 'http://cam.LOCAL/b'].map(hostOfCamera)
    expect(new Set(hosts)).toEqual(new Set(['cam.local']))
    expect(hostOfCamera('http://2130706433/')).toBe('127.0.0.1')
    expect(hostOfCamera('/dev/video0')).toBe('/dev/video0')
  })

  const host = fc.constantFrom('10.0.0.5', '10.0.0.5:8554', '[fd00::1]', '[fd00::1]:554')
  const path = fc.constantFrom('', '/', '/live', '/live?channel=1', '/a/b.c')

  it('gives back every user and password that was encoded', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => text.isWellFormed())
    fc.assert(
      fc.property(word, word, host, path, (user, password, at, rest) => {
        fc.pre(!/^(?:\$?\{.*\}|<.*>)$/.test(user) && !/^(?:\$?\{.*\}|<.*>)$/.test(password))
        const text = `rtsp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${at}${rest}`
        expect(parts(text)).toEqual([`rtsp://${at}${rest}`, user, password])
      }),
    )
  })

  it('gives back a raw password with any characters in it', () => {
    const character = fc.constantFrom(...'abcXYZ019@#%/?:!$&*()=+,;\'"[]~ ü密')
    const raw = fc.string({ unit: character, minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(raw, host, path, (password, at, rest) => {
        // Encoded, or not to be told from a URL within one.
        fc.pre(!/%[\da-f]{2}/i.test(password) && !/[/?=&][a-z]+:\/\//i.test(password))
        expect(parts(`rtsp://admin:${password}@${at}${rest}`)).toEqual([`rtsp://${at}${rest}`, 'admin', password])
      }),
      { numRuns: 300 },
    )
  })

  it('is read or refused in words, whatever it is', () => {
    const piece = fc.constantFrom(
      'rtsp://',
      'http://',
      'file:',
      '@',
      ':',
      '/',
      '#',
      '?',
      '%',
      '[',
      ']',
      '::',
      'cam',
      '10.0.0.5',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 12 }), (pieces) => {
        try {
          const { url } = read(pieces.join(''))
          expect(url).toMatch(/^(?:https?|rtsps?|rtmps?|rtp|srt|udp):\/\/[^/?#@]+/)
          expect(read(url).url).toBe(url)
          hostOfCamera(url)
        } catch (error) {
          if (!String(error).includes('Refusal: url: ')) throw error
        }
      }),
      { numRuns: 500 },
    )
  })
})

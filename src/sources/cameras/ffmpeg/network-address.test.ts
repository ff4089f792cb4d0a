import { describe, expect, it } from 'vitest'
import { inputScript } from './input-script.ts'
import { networkUrl, readNetworkAddress } from './network-address.ts'
import { rtmpApplicationUrl, rtmpUserinfo } from './rtmp-address.ts'

describe('the address of a camera', () => {
  it.each([
    ['rtmp://cam.example:1935/live/a?b=c', { scheme: 'rtmp', host: 'cam.example', port: '1935', rest: '/live/a?b=c' }],
    [
      'SRT://eve:P@ss@[fe80::1]:9000?mode=caller',
      { scheme: 'srt', host: 'fe80::1', port: '9000', rest: '?mode=caller' },
    ],
    ['udp://@:5000', { scheme: 'udp', host: '', port: '5000', rest: '' }],
    ['udp://239.1.2.3:5000', { scheme: 'udp', host: '239.1.2.3', port: '5000', rest: '' }],
  ])('%s is taken apart', (url, address) => {
    expect(readNetworkAddress(url)).toEqual(address)
  })

  it.each(['', 'cam', 'rtmp:x', 'rtmp://a\nb', 'rtmp://[x]/', 'rtmp://a:b:c/', 'concat:a|b'])('"%s" is none', (url) => {
    expect(readNetworkAddress(url)).toBeUndefined()
  })

  it('is put together again with another host', () => {
    const address = readNetworkAddress('srt://cam:9000?streamid=x')
    expect(address && networkUrl(address, 'fd00::1', 'a:b@')).toBe('srt://a:b@[fd00::1]:9000?streamid=x')
  })
})

it('an RTMP server is told the name, with the application', () => {
  const told = (url: string) => {
    const address = readNetworkAddress(url)
    return address && rtmpApplicationUrl(address)
  }
  expect(told('rtmp://cam.example/live/gate?user=a')).toBe('rtmp://cam.example/live')
  expect(told('rtmp://cam.example:1936/live/inner/gate')).toBe('rtmp://cam.example:1936/live/inner')
})

it('user and password of RTMP are as they are, as FFmpeg decodes neither', () => {
  expect(rtmpUserinfo('eve', 'P@ss1%0X')).toBe('eve:P@ss1%0X@')
  expect(rtmpUserinfo('e:v', 'P/#?')).toBe('e%3Av:P%2F%23%3F@')
  expect(rtmpUserinfo(undefined, 'x')).toBe('')
})

it('the list for FFmpeg quotes whatever an address has in it', () => {
  expect(inputScript("rtmp://a/'b' c\\", { rtmp_live: 'any' })).toBe(
    "ffconcat version 1.0\nfile 'rtmp://a/'\\''b'\\'' c\\'\noption rtmp_live 'any'\n",
  )
})

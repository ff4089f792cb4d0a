import type { NetworkAddress } from './network-address.ts'
import { networkUrl } from './network-address.ts'

/**
 * What an RTMP server is told of the address that was asked for (`tcUrl`), as it is connected to by its IP address: servers
 * of many names tell them apart by it. It ends with the application, which is the first part of the path, or the first
 * two of three (libavformat/rtmpproto.c, rtmp_open).
 */
export function rtmpApplicationUrl(address: NetworkAddress): string {
  const [path = ''] = address.rest.split(/[?#]/)
  const parts = path.split('/').filter((part) => part !== '')
  const application = parts.slice(0, parts.length > 2 ? 2 : 1)
  return networkUrl({ ...address, rest: `/${application.join('/')}` }, address.host)
}

/**
 * User and password as `ffmpeg` takes them out of an RTMP address: as they are, not decoded; only what would end them is
 * encoded, and such a password may fail.
 */
export function rtmpUserinfo(user: string | undefined, password: string | undefined): string {
  if (user === undefined || user === '') return ''
  return `${plain(user).replaceAll(':', '%3A')}:${plain(password ?? '')}@`
}

function plain(text: string): string {
  return text.replace(/[/?#]/g, encodeURIComponent)
}

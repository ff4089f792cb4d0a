/** What has to be put in place of the camera's address in the URLs below. */
export const HOST_PLACEHOLDER = 'ADDRESS'

/** The URL that cameras of a maker usually have. */
export interface Maker {
  /** An i18n key of the namespace `cameras` where it is `kind.…`, else the maker's name. */
  readonly name: string
  /** Of the full picture, with placeholders in capitals. */
  readonly url: string
  /** The end of the URL of a smaller picture, in place of the same number of path segments; undefined if there is none. */
  readonly small?: string
  /** An i18n key of the namespace `cameras`: what else has to be known. */
  readonly hint?: 'maker.appAccount' | 'maker.unifi' | 'maker.code' | 'maker.enable' | 'maker.port'
}

/*
 * As the makers' manuals and common clients (go2rtc, Frigate, Home Assistant) give them; models and firmware differ, so the
 * page says "usually".
 */

/** The usual URLs by maker, then those of no maker in particular. */
export const MAKERS: readonly Maker[] = [
  {
    name: 'Amcrest',
    url: 'rtsp://ADDRESS:554/cam/realmonitor?channel=1&subtype=0',
    small: '/cam/realmonitor?channel=1&subtype=1',
  },
  { name: 'Axis', url: 'rtsp://ADDRESS:554/axis-media/media.amp', small: '/axis-media/media.amp?resolution=640x360' },
  {
    name: 'Dahua',
    url: 'rtsp://ADDRESS:554/cam/realmonitor?channel=1&subtype=0',
    small: '/cam/realmonitor?channel=1&subtype=1',
  },
  {
    name: 'Ezviz',
    url: 'rtsp://ADDRESS:554/h264/ch1/main/av_stream',
    small: '/h264/ch1/sub/av_stream',
    hint: 'maker.code',
  },
  { name: 'Foscam', url: 'rtsp://ADDRESS:88/videoMain', small: '/videoSub', hint: 'maker.port' },
  { name: 'Hikvision', url: 'rtsp://ADDRESS:554/Streaming/Channels/101', small: '/Streaming/Channels/102' },
  { name: 'Reolink', url: 'rtsp://ADDRESS:554/Preview_01_main', small: '/Preview_01_sub', hint: 'maker.enable' },
  { name: 'TP-Link Tapo', url: 'rtsp://ADDRESS:554/stream1', small: '/stream2', hint: 'maker.appAccount' },
  { name: 'UniFi Protect', url: 'rtsps://ADDRESS:7441/STREAM', hint: 'maker.unifi' },
  { name: 'kind.mjpeg', url: 'http://ADDRESS/video.mjpg' },
  { name: 'kind.snapshot', url: 'http://ADDRESS/snapshot.jpg' },
]

/** The maker's URL for a camera whose address has perhaps been typed already. @param typed a URL, a host, or anything else */
export function makerUrl({ url }: Maker, typed: string): string {
  const host = hostIn(typed)
  return host === undefined ? url : url.replace(HOST_PLACEHOLDER, host)
}

/** Whether path and query of a URL are still those of the maker. */
export function hasPathOf(maker: Maker, url: string): boolean {
  return endOf(maker.url) === endOf(url)
}

/** Where the first placeholder is that is still in a URL; undefined if there is none. */
export function placeholderIn(url: string): { readonly start: number; readonly end: number } | undefined {
  const found = /\b(ADDRESS|STREAM)\b/.exec(url)
  return found ? { start: found.index, end: found.index + found[0].length } : undefined
}

/** "192.168.1.20", from that itself, with a port, or from a URL. */
function hostIn(typed: string): string | undefined {
  const host = /^(?:[a-z]+:\/\/)?(?:[^/]*@)?(\[[0-9a-f:.]+\]|[^\s/:?#@]+)/i.exec(typed.trim())?.[1]
  return host === undefined || host === HOST_PLACEHOLDER || !/[.:]|^[a-z0-9-]+$/i.test(host) ? undefined : host
}

/** Path and query. */
function endOf(url: string): string | undefined {
  return /^[a-z]+:\/\/[^/?]*([/?].*)$/i.exec(url.trim())?.[1]
}

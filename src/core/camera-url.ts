import { Refusal } from './errors.ts'
import { maskSecrets } from './url-secrets.ts'

/** What is in the address of a camera as people paste it. */
export interface CameraUrl {
  /** Without user and password, otherwise as it was written; the query may contain a secret. */
  readonly url: string
  /** As it is, not percent-encoded; undefined if none was written. */
  readonly user: string | undefined
  /** As it is, not percent-encoded; undefined if none was written. */
  readonly password: string | undefined
}

/** Who has written an address. `configuration`: the admin of the machine, whose file may also name files and devices. */
export type CameraUrlOrigin = 'configuration' | 'anybody'

/** The schemes that everybody may give. */
export const CAMERA_SCHEMES = ['http', 'https', 'rtsp', 'rtsps', 'rtmp', 'rtmps', 'rtp', 'srt', 'udp'] as const

/** The longest address, in UTF-16 units. */
export const MAX_CAMERA_URL_LENGTH = 4096

/**
 * Reads the address of a camera. User and password may be percent-encoded or raw: a password may contain `@ # % / ?`.
 * @throws Refusal `invalid`, a sentence that says what to write instead
 */
export function readCameraUrl(text: string, origin: CameraUrlOrigin): CameraUrl {
  const given = text.trim()
  if (given === '') throw invalid('must not be empty')
  if (given.length > MAX_CAMERA_URL_LENGTH) throw invalid(`at most ${MAX_CAMERA_URL_LENGTH} characters`)
  if (CONTROL.test(given)) throw invalid('must not contain line breaks or other control characters')
  const local = localUrl(given)
  if (local !== undefined) {
    if (origin === 'configuration') return { url: local, user: undefined, password: undefined }
    throw invalid('files and video devices of the server can be given in its configuration file only (cameras.sources)')
  }
  const [all, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(given) ?? []
  if (all === undefined || !isCameraScheme(scheme.toLowerCase())) throw invalid(problemWithScheme(given))
  const rest = given.slice(all.length)
  const end = userInfoEnd(rest)
  const address = rest.slice(end === undefined ? 0 : end + 1)
  checkAddress(address)
  const url = `${scheme.toLowerCase()}://${address}`
  return { url, ...readUserInfo(rest.slice(0, end ?? 0)) }
}

/** The host that an address names, in lower case; of a file or a device the address itself. Ports do not count. */
export function hostOfCamera(url: string): string {
  const authority = /^[a-z]+:\/\/([^/?#]+)/.exec(url)?.[1]
  if (authority === undefined) return url
  return new URL(`http://${authority}/`).hostname
}

/** The port that an address names; undefined if that is the one that its scheme has anyway, or it names none. */
export function portOfCamera(url: string): number | undefined {
  const [, scheme = '', port] = /^([a-z]+):\/\/[^/?#]*:(\d{1,5})(?:[/?#]|$)/.exec(url) ?? []
  return port === undefined || Number(port) === USUAL_PORTS[scheme] ? undefined : Number(port)
}

const USUAL_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  rtsp: 554,
  rtsps: 322,
  rtmp: 1935,
  rtmps: 443,
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

function isCameraScheme(scheme: string): boolean {
  return CAMERA_SCHEMES.some((known) => known === scheme)
}

/** A file or device as it is written in a configuration; undefined if the text is neither. @throws Refusal `invalid` */
function localUrl(text: string): string | undefined {
  if (/^\/dev\/video\d{1,3}$/.test(text)) return text
  if (/^file:/i.test(text)) {
    if (/^file:\/\/\/[^/]/i.test(text)) return `file${text.slice('file'.length)}`
    throw invalid('a file is written as file:///folder/clip.mp4, with its whole path')
  }
  return undefined
}

function problemWithScheme(text: string): string {
  const word = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? ''
  const known = FOREIGN[word]
  if (known !== undefined) return known
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return `${word}:// cannot be read; an address begins with ${CAMERA_SCHEMES.join('://, ')}://`
  if (/^\/(?!\/)/.test(text)) return 'must be the address of a camera: rtsp://…, http://…'
  return 'write rtsp:// before it, or http:// where it is a picture or MJPEG'
}

const GO2RTC = 'is of go2rtc and not read here; give the address of the camera itself: rtsp://…, http://…'
const PROGRAM =
  'runs a program or joins files and is never taken; give the address of the camera itself: rtsp://…, http://…'

/** Words before a colon that people paste from other programs, and what to say of them. */
const FOREIGN: Readonly<Record<string, string>> = {
  ffmpeg: 'leave out "ffmpeg:", and what follows a #: both are of go2rtc',
  rtspx: 'write rtsps:// and have its certificate accepted: rtspx:// is of go2rtc',
  httpx: 'write https:// and have its certificate accepted: httpx:// is of go2rtc',
  onvif: 'onvif:// is not read yet; give the RTSP address of the camera: rtsp://…',
  ...Object.fromEntries(
    [
      'exec',
      'echo',
      'expr',
      'concat',
      'concatf',
      'pipe',
      'fd',
      'subfile',
      'crypto',
      'cache',
      'tee',
      'data',
      'javascript',
    ].map((word) => [word, `${word}: ${PROGRAM}`]),
  ),
  ...Object.fromEntries(
    [
      'homekit',
      'hass',
      'webrtc',
      'webtorrent',
      'nest',
      'ring',
      'tapo',
      'kasa',
      'tuya',
      'roborock',
      'dvrip',
      'isapi',
      'bubble',
    ]
      .concat([
        'doorbird',
        'eseecloud',
        'gopro',
        'ivideon',
        'multitrans',
        'wyze',
        'xiaomi',
        'v4l2',
        'alsa',
        'flussonic',
        'yandex',
      ])
      .map((word) => [word, `${word}: ${GO2RTC}`]),
  ),
}

const HOST = String.raw`(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*)|\[[\da-f:.]+\])(?::\d{1,5})?(?=[/?#]|$)`
const HOST_FIRST = new RegExp(`^${HOST}`, 'iu')
/** An @ with a host behind it, which may end a user info. */
const AT_HOST = new RegExp(`@(?=${HOST})`, 'giu')
/** With an IP address, which hardly is part of a path or a password. */
const AT_IP_ADDRESS = /@(?=(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])(?::\d{1,5})?(?:[/?#]|$))/gi

/**
 * Where the user info ends, which is the position of its @; undefined if there is none. A URL parser takes the last @ before
 * the first / ? or # (RFC 3986, section 3.2), but passwords are pasted raw, with all of these in them.
 */
function userInfoEnd(rest: string): number | undefined {
  // An @ of another URL, in the path or the query, is none of this one.
  const outer = rest.slice(0, rest.search(/[/?=&][a-z][a-z0-9+.-]{0,31}:\/\/|$/i))
  const ends = [...outer.matchAll(AT_HOST)].map(({ index }) => index)
  const sure = [...outer.matchAll(AT_IP_ADDRESS)].at(-1)?.index
  const standard = rest.slice(0, rest.search(/[/?#]|$/)).lastIndexOf('@')
  if (HOST_FIRST.test(rest)) {
    // A host and a port, or a user and a password that begins with digits.
    if (/^[^:/?#]*:\d+#/.test(rest)) return ends.at(-1)
    return /^[^:/?#]*:\d+[/?]/.test(rest) ? sure : undefined
  }
  const first = ends.includes(standard) || ends.length === 0 ? standard : ends[0]
  if (first === undefined || first < 0) return undefined
  const after = /[/?#]/.exec(rest.slice(first))?.[0]
  const last = after === '/' ? sure : after === undefined ? undefined : ends.at(-1)
  return last !== undefined && last > first ? last : first
}

function readUserInfo(info: string): Pick<CameraUrl, 'user' | 'password'> {
  if (info === '') return { user: undefined, password: undefined }
  const colon = info.indexOf(':')
  const user = decoded(colon < 0 ? info : info.slice(0, colon))
  const password = colon < 0 ? undefined : decoded(info.slice(colon + 1))
  for (const part of [user, password ?? '']) {
    if (/^(?:\$?\{.*\}|<.*>)$/.test(part))
      throw invalid('write out user and password: what is in brackets there stands for one')
  }
  return { user, password }
}

/** What was not encoded stays: it has a character that would have been, or a % that stands for none. */
function decoded(text: string): string {
  if (/[@/?#\s]|[^\u0021-\u007e]|%(?![\da-f]{2})/i.test(text)) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Checks what follows the user info. @throws Refusal `invalid` */
function checkAddress(address: string): void {
  const authority = /^[^/?#]*/.exec(address)?.[0] ?? ''
  const hole = /\$?\{[^{}]*\}|<[^<>]*>/.exec(address)?.[0]
  if (hole !== undefined)
    // It may be a secret itself.
    throw invalid(
      `write what it stands for in place of ${maskSecrets(address).includes(hole) ? hole : 'what is in brackets'}`,
    )
  if (authority === '') throw invalid('must name a host')
  if (/^[\da-f]*:[\da-f]*:[\da-f:.]*$/i.test(authority))
    throw invalid(`write the IPv6 address in brackets: [${authority}]`)
  if (/\s/.test(address)) throw invalid('must not contain spaces; write %20')
  // Programs read them each in its own way, and the host would not be the one that it is taken for.
  if (/[\\%]/.test(authority)) throw invalid('a host has no \\ and no %')
  const { hostname } = hostOf(authority)
  if (hostname === '') throw invalid('must name a host')
  if (address.includes('#')) {
    const option = /#[a-z]{1,20}=/.exec(address)?.[0]
    throw invalid(
      `leave out ${option === undefined ? 'the #' : `"${option}"`} and what follows it: it is not sent to cameras (go2rtc has options there); in a path write %23`,
    )
  }
}

function hostOf(authority: string): URL {
  const url = `http://${authority}/`
  if (!authority.includes('@') && URL.canParse(url)) return new URL(url)
  throw invalid(
    'the host or its port is not valid; where a password is in the address, better type it into its own field',
  )
}

function invalid(problem: string): Refusal {
  return new Refusal('invalid', `url: ${problem}`)
}

import type { Size } from '../../core/payload.ts'

/** A description of a session (SDP, RFC 8866), as far as it is needed. */
export interface SessionDescription {
  /** Where the whole session is controlled (RFC 2326, appendix C.1.1); undefined if it is not said. */
  readonly control: string | undefined
  readonly media: readonly MediaDescription[]
}

/** One medium of it. */
export interface MediaDescription {
  /** "video", "audio", "application". */
  readonly kind: string
  /** "RTP/AVP". */
  readonly protocol: string
  /** In the order of preference. */
  readonly payloadTypes: readonly number[]
  /** The name and clock rate of each payload type, names in upper case. */
  readonly encodings: ReadonlyMap<number, Encoding>
  /** The parameters of each payload type, names in lower case. */
  readonly parameters: ReadonlyMap<number, ReadonlyMap<string, string>>
  readonly control: string | undefined
  /** Of its pictures, where it says so (`framesize`, `x-dimensions`). */
  readonly size: Size | undefined
}

/** What the payload of packets is. */
export interface Encoding {
  /** "H264". */
  readonly name: string
  /** Time stamps a second. */
  readonly clockRate: number
}

/** Reads a description; lines that are not understood are left out. @returns undefined if it is none at all */
export function readSdp(text: string): SessionDescription | undefined {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => /^[a-z]=/.test(line))
  const starts = lines.flatMap((line, at) => (line.startsWith('m=') ? [at] : []))
  const [first = lines.length] = starts
  // Some cameras write no version, but there is none without any medium or a name.
  if (!lines.some((line) => /^[vosm]=/.test(line))) return undefined
  const media = starts
    .slice(0, MOST_MEDIA)
    .flatMap((start, each) => readMedia(lines.slice(start, starts[each + 1] ?? lines.length)))
  return { control: attributes(lines.slice(0, first), 'control')[0], media }
}

function readMedia(lines: readonly string[]): MediaDescription[] {
  const [kind, , protocol, ...types] = (lines[0] ?? '').slice(2).trim().split(/ +/)
  if (!kind || !protocol) return []
  return [
    {
      kind: kind.toLowerCase(),
      protocol: protocol.toUpperCase(),
      payloadTypes: types.filter((type) => /^\d{1,3}$/.test(type)).map(Number),
      encodings: new Map(attributes(lines, 'rtpmap').flatMap(readEncoding)),
      parameters: new Map(attributes(lines, 'fmtp').flatMap(readParameters)),
      control: attributes(lines, 'control')[0],
      size: readSize(lines),
    },
  ]
}

/** The values of all attributes of a name. */
function attributes(lines: readonly string[], name: string): string[] {
  const start = `a=${name}:`
  return lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length).trim())
}

/** "96 H264/90000". */
function readEncoding(value: string): [number, Encoding][] {
  const [, type, name = '', rate] = /^(\d{1,3}) +([^/ ]+)\/(\d{1,9})/.exec(value) ?? []
  const clockRate = Number(rate)
  return type && clockRate > 0 ? [[Number(type), { name: name.toUpperCase(), clockRate }]] : []
}

/** "96 packetization-mode=1;sprop-parameter-sets=Z0IAH…,aM4…". */
function readParameters(value: string): [number, ReadonlyMap<string, string>][] {
  const [, type, list = ''] = /^(\d{1,3}) +(.*)$/.exec(value) ?? []
  if (!type) return []
  const pairs = list.split(';').map((pair): [string, string] => {
    const equals = pair.indexOf('=')
    return equals < 0
      ? [pair.trim().toLowerCase(), '']
      : [pair.slice(0, equals).trim().toLowerCase(), pair.slice(equals + 1).trim()]
  })
  return [[Number(type), new Map(pairs)]]
}

/** "a=framesize:26 1920-1080" (3GPP TS 26.234) or "a=x-dimensions:1920,1080". */
function readSize(lines: readonly string[]): Size | undefined {
  const [framesize = ''] = attributes(lines, 'framesize')
  const [dimensions = ''] = attributes(lines, 'x-dimensions')
  const found = /^\d+ +(\d{1,5})-(\d{1,5})/.exec(framesize) ?? /^(\d{1,5}), *(\d{1,5})/.exec(dimensions)
  const size = { width: Number(found?.[1] ?? 0), height: Number(found?.[2] ?? 0) }
  return size.width > 0 && size.height > 0 ? size : undefined
}

/** So many are read. */
const MOST_MEDIA = 32

import { Refusal } from '../../core/errors.ts'
import { readAttributes } from './attributes.ts'

/* Playlists of HTTP Live Streaming, RFC 8216. Tags that do not matter for one video without sound are ignored. */

/** A playlist that lists other playlists with the same in several sizes. */
export interface MasterPlaylist {
  readonly kind: 'master'
  readonly variants: readonly HlsVariant[]
}

/** One of its playlists. */
export interface HlsVariant {
  readonly uri: string
  /** Bits a second; 0 if it is not said. */
  readonly bandwidth: number
  /** As of RFC 6381, in lower case; undefined if they are not said. */
  readonly codecs: readonly string[] | undefined
  /** Pixels; undefined if it is not said. */
  readonly width: number | undefined
}

/** A playlist of segments. */
export interface MediaPlaylist {
  readonly kind: 'media'
  /** The longest segment, seconds. */
  readonly targetDuration: number
  /** Whether nothing will be added. */
  readonly isEnded: boolean
  /** The oldest first. */
  readonly segments: readonly HlsSegment[]
}

/** A piece of the video. */
export interface HlsSegment {
  readonly uri: string
  /** Goes up by one from one to the next. */
  readonly sequence: number
  /** Seconds. */
  readonly duration: number
  /** Which part of what is at `uri`; undefined: all. */
  readonly range: HlsRange | undefined
  /** Whether it does not go on where the one before has ended: other times, other sizes. */
  readonly isDiscontinuous: boolean
  /** Whether there is nothing at `uri`. */
  readonly isGap: boolean
  /** What comes before the first of its kind (fragments of MP4). */
  readonly map: HlsMap | undefined
  readonly key: HlsKey | undefined
  /** When its first picture was captured, ms since 1970: as it is said, or where the one before has ended; undefined if unknown. */
  readonly startsAt: number | undefined
}

/** Bytes of a file. */
export interface HlsRange {
  readonly offset: number
  readonly length: number
}

/** The beginning of a video that its segments lack. */
export interface HlsMap {
  readonly uri: string
  readonly range: HlsRange | undefined
}

/** How segments are encrypted. */
export interface HlsKey {
  /** "AES-128", or one that is not known here. */
  readonly method: string
  readonly uri: string
  /** 16 bytes; undefined: the sequence number. */
  readonly iv: Uint8Array | undefined
}

/**
 * Reads a playlist.
 * @throws Refusal `invalid` when it is none
 */
export function readPlaylist(text: string): MasterPlaylist | MediaPlaylist {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines[0] !== '#EXTM3U' && !lines[0]?.startsWith('#EXTM3U ')) throw invalid('it does not begin with #EXTM3U')
  return lines.some((line) => line.startsWith('#EXT-X-STREAM-INF:')) ? readMaster(lines) : readMedia(lines)
}

function readMaster(lines: readonly string[]): MasterPlaylist {
  const variants: HlsVariant[] = []
  let attributes: ReadonlyMap<string, string> | undefined
  for (const line of lines) {
    const { tag, value } = tagOf(line)
    if (tag === 'EXT-X-STREAM-INF') attributes = readAttributes(value)
    else if (tag === undefined && attributes) {
      const [, width] = /^(\d{1,6})x\d{1,6}$/.exec(attributes.get('RESOLUTION') ?? '') ?? []
      variants.push({
        uri: line,
        bandwidth: numberOf(attributes.get('BANDWIDTH') ?? '') ?? 0,
        codecs: attributes
          .get('CODECS')
          ?.toLowerCase()
          .split(',')
          .map((codec) => codec.trim()),
        width: width === undefined ? undefined : Number(width),
      })
      attributes = undefined
    }
  }
  if (variants.length === 0) throw invalid('it lists no playlist')
  return { kind: 'master', variants }
}

function readMedia(lines: readonly string[]): MediaPlaylist {
  const segments: HlsSegment[] = []
  let targetDuration: number | undefined
  let sequence = 0
  let isEnded = false
  // What holds for the next segment, and …
  let duration: number | undefined
  let written: string | undefined
  let isDiscontinuous = false
  let isGap = false
  let startsAt: number | undefined
  // … for all that follow.
  let map: HlsMap | undefined
  let key: HlsKey | undefined
  for (const line of lines) {
    const { tag, value } = tagOf(line)
    if (tag === 'EXT-X-TARGETDURATION') targetDuration = numberOf(value)
    else if (tag === 'EXT-X-MEDIA-SEQUENCE' && segments.length === 0) sequence = numberOf(value) ?? 0
    else if (tag === 'EXT-X-ENDLIST') isEnded = true
    else if (tag === 'EXTINF') duration = numberOf(value.split(',', 1)[0] ?? '')
    else if (tag === 'EXT-X-BYTERANGE') written = value
    else if (tag === 'EXT-X-DISCONTINUITY') isDiscontinuous = true
    else if (tag === 'EXT-X-GAP') isGap = true
    else if (tag === 'EXT-X-PROGRAM-DATE-TIME') startsAt = timeOf(value)
    else if (tag === 'EXT-X-MAP') map = mapOf(readAttributes(value))
    else if (tag === 'EXT-X-KEY') key = keyOf(readAttributes(value))
    else if (tag === undefined && duration !== undefined) {
      const before = segments.at(-1)
      const range =
        written === undefined ? undefined : rangeOf(written, before?.uri === line ? before.range : undefined)
      if (before?.startsAt !== undefined && !isDiscontinuous) startsAt ??= before.startsAt + before.duration * 1000
      segments.push({ uri: line, sequence: sequence++, duration, range, isDiscontinuous, isGap, map, key, startsAt })
      duration = undefined
      written = undefined
      isDiscontinuous = false
      isGap = false
      startsAt = undefined
    }
  }
  const longest = Math.max(0, ...segments.slice(-100).map((segment) => segment.duration))
  if (targetDuration === undefined && segments.length === 0) throw invalid('it lists no segments')
  return { kind: 'media', targetDuration: targetDuration ?? longest, isEnded, segments }
}

/** A line with a tag; any other comment has the tag "". Undefined: it is an address. */
function tagOf(line: string): { readonly tag: string | undefined; readonly value: string } {
  if (!line.startsWith('#')) return { tag: undefined, value: line }
  const [, tag = '', value = ''] = /^#(EXT[A-Z0-9-]*)(?::(.*))?$/s.exec(line) ?? []
  return { tag, value: value.trim() }
}

/** Not negative; undefined if it is none. */
function numberOf(text: string): number | undefined {
  return /^\d{1,15}(?:\.\d{0,15})?$/.test(text) ? Number(text) : undefined
}

/** `length@offset`, or from where the part before has ended. */
function rangeOf(text: string, before: HlsRange | undefined): HlsRange {
  const [, length, offset] = /^(\d{1,15})(?:@(\d{1,15}))?$/.exec(text) ?? []
  if (length === undefined || Number(length) === 0)
    throw invalid(`${JSON.stringify(text.slice(0, 40))} is no range of bytes`)
  const follows = before ? before.offset + before.length : 0
  return { length: Number(length), offset: offset === undefined ? follows : Number(offset) }
}

function mapOf(attributes: ReadonlyMap<string, string>): HlsMap | undefined {
  const uri = attributes.get('URI')
  const range = attributes.get('BYTERANGE')
  return uri === undefined ? undefined : { uri, range: range === undefined ? undefined : rangeOf(range, undefined) }
}

function keyOf(attributes: ReadonlyMap<string, string>): HlsKey | undefined {
  const method = attributes.get('METHOD') ?? ''
  const [, hex] = /^0x([\da-f]{32})$/i.exec(attributes.get('IV') ?? '') ?? []
  const iv =
    hex === undefined ? undefined : Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
  return method === 'NONE' ? undefined : { method, uri: attributes.get('URI') ?? '', iv }
}

function timeOf(text: string): number | undefined {
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

function invalid(reason: string): Refusal {
  return new Refusal('invalid', `this is no playlist of HLS: ${reason}`)
}

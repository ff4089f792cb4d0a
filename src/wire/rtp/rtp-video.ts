import type { Size } from '../../core/payload.ts'
import { RtpError } from './rtp-error.ts'
import type { Encoding, MediaDescription, SessionDescription } from './sdp.ts'

/** A video over RTP that can be read here. */
export interface RtpVideo {
  readonly codec: 'h264' | 'h265' | 'mjpeg'
  readonly payloadType: number
  /** Time stamps a second. */
  readonly clockRate: number
  /** The parameter sets that are known beforehand, NAL units. */
  readonly sets: readonly Uint8Array[]
  /** If the description says so. */
  readonly size: Size | undefined
  /** Where it is controlled, as it was written; undefined if that is where the session is. */
  readonly control: string | undefined
}

/**
 * The first video that can be read.
 * @throws RtpError `no-video` or `codec` if there is none
 */
export function videoOf({ media }: SessionDescription): RtpVideo {
  const videos = media.filter(({ kind }) => kind === 'video')
  for (const video of videos)
    for (const type of video.payloadTypes) {
      const readable = readableVideo(video, type)
      if (readable) return readable
    }
  const names = new Set(
    videos.flatMap((video) =>
      video.payloadTypes.map((type) => encodingOf(video, type)?.name ?? `payload type ${type}`),
    ),
  )
  if (names.size === 0)
    throw new RtpError('no-video', 'The camera has no video at this address: look up the path of its video stream.')
  throw new RtpError(
    'codec',
    `The camera sends ${[...names].slice(0, 5).map(printable).join(', ')}, which is not supported over RTSP: set the camera to H.264 or H.265.`,
  )
}

function readableVideo(media: MediaDescription, payloadType: number): RtpVideo | undefined {
  const encoding = encodingOf(media, payloadType)
  const codec = encoding && CODECS[encoding.name]
  if (!codec) return undefined
  const { clockRate } = encoding
  const parameters = media.parameters.get(payloadType) ?? new Map<string, string>()
  if (codec === 'h264' && parameters.get('packetization-mode') === '2') throw interleaved()
  if (codec === 'h265' && Number(parameters.get('sprop-max-don-diff') ?? 0) > 0) throw interleaved()
  const sets = SETS[codec].flatMap((name) => (parameters.get(name) ?? '').split(',')).map(fromBase64)
  return { codec, payloadType, clockRate, sets, size: media.size, control: media.control }
}

function interleaved(): RtpError {
  return new RtpError(
    'codec',
    'The camera sends its video in interleaved order, which is not supported: choose another profile at the camera.',
  )
}

function encodingOf({ encodings }: MediaDescription, payloadType: number): Encoding | undefined {
  return encodings.get(payloadType) ?? STATIC[payloadType]
}

/** @returns nothing for what is no Base64 */
function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}

/** A name that a camera gives, as it may be shown. */
function printable(name: string): string {
  return name.replace(/[^\w .+-]/g, '?').slice(0, 20)
}

const CODECS: Readonly<Record<string, RtpVideo['codec'] | undefined>> = {
  H264: 'h264',
  H265: 'h265',
  HEVC: 'h265',
  JPEG: 'mjpeg',
}
/** The parameters that parameter sets are in. */
const SETS = {
  h264: ['sprop-parameter-sets'],
  h265: ['sprop-vps', 'sprop-sps', 'sprop-pps'],
  mjpeg: [],
} as const
/** Payload types that need no description (RFC 3551, table 5). */
const STATIC: Readonly<Record<number, Encoding | undefined>> = {
  25: { name: 'CELB', clockRate: 90_000 },
  26: { name: 'JPEG', clockRate: 90_000 },
  31: { name: 'H261', clockRate: 90_000 },
  32: { name: 'MPEG-2', clockRate: 90_000 },
  33: { name: 'MPEG-TS', clockRate: 90_000 },
  34: { name: 'H263', clockRate: 90_000 },
}

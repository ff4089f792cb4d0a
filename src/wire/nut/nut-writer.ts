import { concatBytes } from '../../core/concat-bytes.ts'
import { crc32 } from './crc32.ts'
import { NutBytes } from './nut-bytes.ts'
import { FILE_ID, FLAGS, LONG_PACKET, PIPE, START_CODES } from './nut-format.ts'

/*
 * Writes a NUT with one stream of video, for a pipe to `ffmpeg`. It is of version 4 with the flag for pipes, so that one
 * syncpoint is enough: `ffmpeg` keeps a list of all that it has seen, which would grow by megabytes a day.
 */

/** The stream. */
export interface WrittenVideo {
  /** The name of its codec, 4 characters. */
  readonly fourcc: string
  /** What decoders call extradata; may be empty. */
  readonly configuration: Uint8Array
  /** In pixels, at least 1; a decoder finds out by itself, so that any will do. */
  readonly width: number
  readonly height: number
}

/** A frame, without its bytes. */
export interface WrittenFrame {
  /** In bytes. */
  readonly length: number
  readonly isKey: boolean
  /** When it is to be shown, µs, 0 or more; may fall (B-frames). */
  readonly pts: number
}

/** What precedes the first frame. */
export function encodeNutHeaders(video: WrittenVideo): Uint8Array {
  return concatBytes([
    FILE_ID,
    packet(START_CODES.main, mainHeader()),
    packet(START_CODES.stream, streamHeader(video)),
    // At time 0 of the one time base, and nothing before it.
    packet(START_CODES.syncpoint, new NutBytes().number(0).number(0)),
  ])
}

/** What precedes the bytes of a frame. */
export function encodeNutFrameHead({ length, isKey, pts }: WrittenFrame): Uint8Array {
  const flags = FLAGS.codedPts | FLAGS.sizeMsb | FLAGS.checksum | (isKey ? FLAGS.key : 0)
  const head = new NutBytes().number(CODE).number(flags)
  // No bits of the time are left out, which is said by adding 2 to the power of none.
  head.number(pts + 1).number(length)
  return head.word(crc32(head.take())).take()
}

/** The one frame code that is used. */
const CODE = 1
const VERSION = { major: 4, minor: 1 }
/** How far apart syncpoints may be, bytes; of no meaning for pipes. */
const MAX_DISTANCE = 65_536
/** Frames whose times are further apart need a checksum, which they have anyway; the largest that `ffmpeg` takes. */
const MAX_PTS_DISTANCE = 2 ** 31 - 1
/** Decoders find out by themselves how many frames they have to wait for; what is announced they do wait for. */
const DECODE_DELAY = 0

function mainHeader(): NutBytes {
  const header = new NutBytes().number(VERSION.major).number(VERSION.minor)
  // Streams, distance, and one time base: µs.
  header.number(1).number(MAX_DISTANCE).number(1).number(1).number(1e6)
  // Flags, the number of fields, a difference of times, the unit of the size, stream, size, reserved, how many. N is none.
  for (const [flags, count] of [
    [FLAGS.invalid, CODE],
    [FLAGS.coded, 1],
    [FLAGS.invalid, 255 - CODE - 1],
  ] as const)
    header.number(flags).number(6).signed(0).number(1).number(0).number(0).number(0).number(count)
  // No elision headers.
  return header.number(0).number(PIPE)
}

function streamHeader({ fourcc, configuration, width, height }: WrittenVideo): NutBytes {
  const header = new NutBytes().number(0).number(0)
  header.number(fourcc.length).bytes(new TextEncoder().encode(fourcc))
  // Time base, bits of times that may be left out, distance, delay, flags.
  header.number(0).number(0).number(MAX_PTS_DISTANCE).number(DECODE_DELAY).number(0)
  header.number(configuration.length).bytes(configuration)
  // The shape of pixels and the colour space are not known.
  return header.number(width).number(height).number(0).number(0).number(0)
}

function packet(code: string, content: NutBytes): Uint8Array {
  const body = content.take()
  const head = new NutBytes().bytes(Uint8Array.from(code.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)))
  head.number(body.length + 4)
  // Only a long packet has a checksum of its beginning.
  if (body.length + 4 > LONG_PACKET) head.word(crc32(head.take()))
  return concatBytes([head.take(), body, new NutBytes().word(crc32(body)).take()])
}

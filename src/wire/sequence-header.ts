import type { Size } from '../core/payload.ts'
import type { VideoCodec } from '../core/video.ts'
import { H264, h264Type, readH264Sequence } from './h264.ts'
import { H265, h265Type, readH265Sequence } from './h265.ts'

/*
 * What a key frame says of the frames that follow (size, profile), as bytes: where it changes, the video is another one and
 * its decoder must begin anew. H.264 and H.265: sequence parameter sets (ITU-T H.264 7.3.2.1, H.265 7.3.2.2); MPEG-2: the
 * sequence header (ISO/IEC 13818-2, 6.2.2.1); MPEG-4: the video object layer (ISO/IEC 14496-2, 6.2.3); JPEG: the frame header (ITU-T T.81,
 * B.2.2); VP8: the size (RFC 6386, 9.1).
 */

/**
 * @param bytes a key frame; of H.264 and H.265 with start codes
 * @returns undefined if it has none, or the codec is not known
 */
export function sequenceHeader(codec: VideoCodec, bytes: Uint8Array): Uint8Array | undefined {
  switch (codec) {
    case 'h264':
      return unit(bytes, (header) => h264Type(header) === H264.sps)
    case 'h265':
      return unit(bytes, (header) => h265Type(header) === H265.sps)
    case 'mpeg2':
      // Width, height, shape and rate; quantisers behind them may change.
      return unit(bytes, (code) => code === MPEG2_SEQUENCE)?.subarray(0, 5)
    case 'mpeg4':
      return unit(bytes, (code) => code >= MPEG4_LAYER && code < MPEG4_LAYER + 16)
    case 'mjpeg':
      return jpegFrame(bytes)
    case 'vp8':
      return bytes.length >= 10 ? bytes.subarray(6, 10) : undefined
    default:
      return undefined
  }
}

/** The size of the pictures that such a header announces; undefined if it is damaged, or does not say it plainly (MPEG-4). */
export function sequenceSize(codec: VideoCodec, header: Uint8Array): Size | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = header
  switch (codec) {
    case 'h264':
      return readH264Sequence(header)?.size
    case 'h265':
      return readH265Sequence(header)?.size
    case 'mpeg2':
      return { width: second * 16 + (third >> 4), height: (third & 15) * 256 + fourth }
    case 'mjpeg':
      return { width: fourth * 256 + fifth, height: second * 256 + third }
    case 'vp8':
      // The highest two bits of each are about scaling.
      return { width: first + (second & 0x3f) * 256, height: third + (fourth & 0x3f) * 256 }
    default:
      return undefined
  }
}

const MPEG2_SEQUENCE = 0xb3
const MPEG4_LAYER = 0x20
/** Where such a header is looked for: it is at the beginning, and the rest of a key frame is long. */
const SEARCHED_BYTES = 4096

/** Of a JPEG: what its frame header says before its components. */
function jpegFrame(bytes: Uint8Array): Uint8Array | undefined {
  // Segments have a marker and a length; the first one behind the start of the picture.
  for (let at = 2; bytes[at] === 0xff; ) {
    const [, marker = 0, high = 0, low = 0] = bytes.subarray(at, at + 4)
    if (JPEG_FRAMES.has(marker)) return bytes.subarray(at + 4, at + 10)
    at += 2 + high * 256 + low
  }
  return undefined
}

/** SOF0 to SOF2: baseline, extended, progressive. */
const JPEG_FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2])

/** The first unit after a start code (00 00 01) whose first byte fits, up to the next start code. */
function unit(bytes: Uint8Array, fits: (first: number) => boolean): Uint8Array | undefined {
  const searched = bytes.subarray(0, SEARCHED_BYTES)
  for (let start = startCode(searched, 0); start < searched.length; start = startCode(searched, start)) {
    const first = searched[start]
    if (first === undefined || !fits(first)) continue
    const next = startCode(searched, start)
    const end = next < searched.length ? next - 3 : searched.length
    // A start code may have any number of zeros before it.
    return searched.subarray(start, withoutZeros(searched, end))
  }
  return undefined
}

/** Where the bytes after the next start code begin; the length if there is none. */
function startCode(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 3 <= bytes.length; at++)
    if (bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1) return at + 3
  return bytes.length
}

function withoutZeros(bytes: Uint8Array, end: number): number {
  let at = end
  while (at > 0 && bytes[at - 1] === 0) at--
  return at
}

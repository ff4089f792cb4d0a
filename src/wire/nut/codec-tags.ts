import { VIDEO_CODECS, type VideoCodec } from '../../core/video.ts'

/*
 * The names of codecs in NUT: four characters as in AVI and MP4 ("fourcc"), of which programs write several for one codec
 * (libavformat/riff.c, isom_tags.c).
 */

/** What each codec is written as, first, and what else it may be called; letters may be small or capital. */
const TAGS: Readonly<Record<VideoCodec, readonly string[]>> = {
  h264: ['H264', 'avc1', 'avc3', 'x264', 'davc', 'q264', 'v264', 'ai12', 'ai15'],
  h265: ['HEVC', 'h265', 'hev1', 'hvc1', 'x265'],
  mpeg4: ['mp4v', 'fmp4', 'xvid', 'divx', 'dx50', 'mp4s', 'm4s2', 'm4cc'],
  mpeg2: ['mpg2', 'mp2v', 'm2v1', 'mpeg'],
  mjpeg: ['MJPG', 'jpeg', 'avrn', 'dmb1', 'mjpa'],
  vp8: ['VP80'],
  vp9: ['VP90', 'vp09'],
  av1: ['AV01'],
}

const CODECS: ReadonlyMap<string, VideoCodec> = new Map(
  entries(TAGS).flatMap(([codec, tags]) => tags.map((tag) => [tag.toLowerCase(), codec] as const)),
)

/** How a codec is called in what we write. */
export function codecTag(codec: VideoCodec): string {
  return TAGS[codec][0] ?? codec
}

/** The codec of that name; undefined for those that are not decoded here. */
export function codecOf(fourcc: Uint8Array): VideoCodec | undefined {
  return CODECS.get(tagText(fourcc).toLowerCase())
}

/** The name for people: "theo"; what is no letter is in hexadecimal. */
export function tagText(fourcc: Uint8Array): string {
  return Array.from(fourcc, (byte) =>
    byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('')
}

function entries(tags: typeof TAGS): [VideoCodec, readonly string[]][] {
  return VIDEO_CODECS.map((codec) => [codec, tags[codec]])
}

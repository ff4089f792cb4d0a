import type { HlsVariant } from './playlist.ts'

/**
 * The variant to read: H.264 rather than what is harder to decode and than what does not say; of these the smallest that is
 * sharp in a large view, else the largest there is. One without a video is none.
 * @returns undefined if none has a video
 */
export function bestVariant(variants: readonly HlsVariant[]): HlsVariant | undefined {
  const videos = variants.filter(hasVideo)
  const [easiest] = videos.map(codecRank).sort((a, b) => a - b)
  const candidates = videos
    .filter((variant) => codecRank(variant) === easiest)
    .sort((a, b) => (a.width ?? 0) - (b.width ?? 0) || a.bandwidth - b.bandwidth)
  const sharp = candidates.find(({ width, bandwidth }) =>
    width === undefined ? bandwidth >= SHARP_BITS : width >= SHARP_WIDTH,
  )
  return sharp ?? candidates.at(-1)
}

/** Pixels, and what so many pixels usually take, bits a second. */
const SHARP_WIDTH = 1_280
const SHARP_BITS = 2_000_000

/** RFC 6381 names of sound. */
const SOUND = /^(?:mp4a|ac-3|ec-3|opus|flac|alac|mp3)/
const TEXT = /^(?:stpp|wvtt)/

function hasVideo({ codecs, width }: HlsVariant): boolean {
  return width !== undefined || codecs === undefined || codecs.some((codec) => !SOUND.test(codec) && !TEXT.test(codec))
}

function codecRank({ codecs }: HlsVariant): number {
  if (codecs === undefined) return 1
  return codecs.some((codec) => codec.startsWith('avc')) ? 0 : 2
}

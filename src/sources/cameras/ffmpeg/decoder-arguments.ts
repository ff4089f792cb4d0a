import type { PictureWish } from '../camera-decoding.ts'

/** Which pictures are wanted, and how. */
interface WantedJpegs extends PictureWish {
  /** As of the libjpeg library: 1 to 100. */
  readonly quality: number
}

/**
 * The command line that decodes a NUT on standard input to JPEGs, each as soon as its packet is there (tried with FFmpeg 5.1):
 * nothing is looked for ahead (`probesize`, `analyzeduration`), one thread each (more of them wait for more frames), and times
 * stay as they are.
 * @param since from when on pictures are wanted, s of the NUT's time; earlier ones are only decoded
 * @param maxPixels the largest picture that is decoded
 */
export function decoderArguments({ width, rate, quality }: WantedJpegs, since: number, maxPixels: number): string[] {
  const when = `gte(t,${since})`
  // A quarter of a slot ahead, so that the pictures of a camera with the same rate are not at the edge of their slots.
  const slot = (t: string) => `floor(${t}*${rate}+0.25)`
  const select =
    rate === undefined ? when : `${when}*(isnan(prev_selected_t)+gt(${slot('t')},${slot('prev_selected_t')}))`
  const size = width === undefined ? '' : `w='min(iw,${width})':h=-2:`
  return [
    ...['-loglevel', 'error', '-copyts', '-fflags', 'nofillin+noparse', '-probesize', '32', '-analyzeduration', '0'],
    ...['-max_pixels', String(maxPixels), '-threads', '1', '-protocol_whitelist', 'pipe', '-f', 'nut', '-i', 'pipe:0'],
    // JPEGs have the full range and the colours of BT.601 (JFIF), video mostly others.
    ...['-vf', `select='${select}',scale=${size}flags=bilinear:out_range=pc:out_color_matrix=bt601,format=yuvj420p`],
    ...['-filter_threads', '1', '-fps_mode', 'passthrough', '-enc_time_base', '1:1000000', '-threads', '1'],
    ...['-c:v', 'mjpeg', '-q:v', String(quantiser(quality)), ...NUT_OUTPUT],
  ]
}

/** Writes a NUT to standard output, each frame at once; without syncpoints, of which it would keep a growing list. */
export const NUT_OUTPUT = [
  ...['-f', 'nut', '-syncpoints', 'none', '-write_index', '0', '-strict', 'experimental'],
  ...['-flush_packets', '1', 'pipe:1'],
] as const

/** FFmpeg's scale of quality, 2 to 31, whose quantisers are on average those of libjpeg at that quality. */
function quantiser(quality: number): number {
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
  return Math.min(31, Math.max(2, Math.round(0.17 * percent)))
}

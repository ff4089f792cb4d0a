import { Program } from './program.ts'

/** The FFmpeg that the server and the baselines run. */
export const FFMPEG = process.env.BELVEDERE_TEST_FFMPEG ?? 'ffmpeg'

/** As wide as a tile of a wall, and as often, as it is for cameras that are watched in the benchmarks. */
export const TILE = { width: 480, fps: 10 } as const

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y'] as const
const OVER_TCP = ['-rtsp_transport', 'tcp'] as const
/** The work that the server's decoder has: its scaler, and its JPEG quality (80 of libjpeg's). */
const SCALED = `scale=${TILE.width}:-2:flags=bilinear`
const JPEG = ['-an', '-c:v', 'mjpeg', '-q:v', '7'] as const
const TO_OUTPUT = ['-flush_packets', '1', '-f', 'image2pipe', 'pipe:1'] as const

/** Reads the video of a camera and throws it away without decoding it. */
export function copyArguments(url: string): string[] {
  return [...QUIET, ...OVER_TCP, '-i', url, '-an', '-c', 'copy', '-f', 'null', '-']
}

/** Makes the pictures of a tile of a camera, and throws them away: one thread each for decoding, scaling and encoding. */
export function tileArguments(url: string): string[] {
  const pictures = ['-vf', `fps=${TILE.fps},${SCALED}`, '-filter_threads', '1', '-threads', '1', ...JPEG]
  return [...QUIET, ...OVER_TCP, '-threads', '1', '-i', url, ...pictures, '-f', 'mjpeg', '/dev/null']
}

/** The same as people write it: FFmpeg's own choice of threads and scaler. */
export function plainTileArguments(url: string): string[] {
  const pictures = ['-vf', `fps=${TILE.fps},scale=${TILE.width}:-2`, ...JPEG]
  return [...QUIET, ...OVER_TCP, '-i', url, ...pictures, '-f', 'mjpeg', '/dev/null']
}

/**
 * Writes all pictures of a camera to standard output, each as soon as FFmpeg can: it looks at nothing ahead, and no thread waits
 * for another.
 */
export function quickPictureArguments(url: string): string[] {
  const ahead = ['-fflags', 'nobuffer', '-flags', 'low_delay', '-probesize', '32', '-analyzeduration', '0']
  const pictures = ['-vf', SCALED, '-filter_threads', '1', '-fps_mode', 'passthrough', '-threads', '1', ...JPEG]
  return [...QUIET, ...OVER_TCP, ...ahead, '-threads', '1', '-i', url, ...pictures, ...TO_OUTPUT]
}

/** The same as people write it: FFmpeg's defaults. */
export function plainPictureArguments(url: string): string[] {
  return [...QUIET, ...OVER_TCP, '-i', url, '-vf', `scale=${TILE.width}:-2`, ...JPEG, ...TO_OUTPUT]
}

/** Starts FFmpeg. */
export function startFfmpeg(args: readonly string[]): Program {
  return new Program(FFMPEG, args)
}

import type { VideoCodec } from '../../src/core/video.ts'

/** The name of a codec for people. */
export function codecName(codec: VideoCodec): string {
  return NAMES[codec]
}

const NAMES: Readonly<Record<VideoCodec, string>> = {
  h264: 'H.264',
  h265: 'H.265',
  mpeg4: 'MPEG-4',
  mpeg2: 'MPEG-2',
  mjpeg: 'MJPEG',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
}

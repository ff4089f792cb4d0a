import type { VideoPacket, VideoTrack } from '../../src/core/video.ts'

/** A packet of ten bytes, which no decoder would understand. */
export function videoPacket(fields: Partial<VideoPacket> & Pick<VideoPacket, 'pts'>): VideoPacket {
  return { bytes: new Uint8Array(10), isKey: false, dts: fields.pts, arrivedAt: 0, ...fields }
}

/** H.264 of 1280 × 720. */
export const TRACK: VideoTrack = { codec: 'h264', size: { width: 1280, height: 720 }, configuration: new Uint8Array() }

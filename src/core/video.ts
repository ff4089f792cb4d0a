import type { Size } from './payload.ts'

/*
 * Video as a camera sends it: packets, not decoded. Whoever wants pictures has them decoded; whoever can play the video
 * itself gets the packets.
 */

/** The codecs that can be decoded to pictures here. */
export const VIDEO_CODECS = ['h264', 'h265', 'mpeg4', 'mpeg2', 'mjpeg', 'vp8', 'vp9', 'av1'] as const

/** One of them. */
export type VideoCodec = (typeof VIDEO_CODECS)[number]

/** What has to be known of a video before its packets can be decoded. */
export interface VideoTrack {
  readonly codec: VideoCodec
  /** Of its pictures, if its source says so; else the first decoded picture does. */
  readonly size?: Size | undefined
  /**
   * What decoders call extradata: of H.264 and H.265 an avcC or hvcC record (ISO/IEC 14496-15; the packets have length
   * prefixes then) or parameter sets with start codes (Annex B, as the packets then have); empty if all is in the packets.
   */
  readonly configuration: Uint8Array
}

/** One picture of a video as it was sent (an access unit): everything with the same time. */
export interface VideoPacket {
  readonly bytes: Uint8Array
  /** Whether decoding can begin with it. */
  readonly isKey: boolean
  /** When it is to be shown, and decoded, µs from an arbitrary zero that is the same for one track; whole numbers. */
  readonly pts: number
  readonly dts: number
  /** When its last byte came, ms since 1970, by this server's clock. */
  readonly arrivedAt: number
  /** When it was captured, ms since 1970, by the camera's clock; undefined if the camera does not say. */
  readonly capturedAt?: number | undefined
}

import type { VideoTrack } from '../../core/video.ts'
import type { RtpPacket } from './rtp-packet.ts'

/** Puts pictures together of the packets that they come in. */
export interface Depacketiser {
  /**
   * Takes the next packet, in order.
   * @param lost how many are missing before it
   * @throws RtpError for what cannot be read, whatever comes next
   */
  take(packet: RtpPacket, lost: number): void
}

/** A picture as it was sent. */
export interface AccessUnit {
  /** Of H.264 and H.265 with start codes (Annex B), the parameter sets before each key frame; of JPEG a whole file. */
  readonly bytes: Uint8Array
  readonly isKey: boolean
  /** The time stamp of its packets. */
  readonly timestamp: number
  /** The same object as long as nothing has changed. */
  readonly track: RtpTrack
}

/** What is known of the video before it is decoded. */
export interface RtpTrack extends VideoTrack {
  /** How many pictures may come before one that is shown earlier; undefined if the video does not say. */
  readonly reordered: number | undefined
}

/** What a depacketiser needs. */
export interface DepacketiserParts {
  /** Takes each picture, as soon as its last packet has come. */
  unit(unit: AccessUnit): void
  /** A picture could not be used, as a part of it or of one that it refers to is missing. */
  dropped(): void
  /** The largest picture, bytes. */
  readonly maxBytes: number
}

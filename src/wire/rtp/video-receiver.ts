import type { Clock } from '../../core/clock.ts'
import { DecodeTimes } from '../decode-times.ts'
import { CaptureClock } from './capture-clock.ts'
import type { AccessUnit, Depacketiser, DepacketiserParts } from './depacketiser.ts'
import { H264Depacketiser } from './h264-depacketiser.ts'
import { H265Depacketiser } from './h265-depacketiser.ts'
import { JpegDepacketiser } from './jpeg-depacketiser.ts'
import { Reception } from './reception.ts'
import { ReorderBuffer } from './reorder-buffer.ts'
import { encodeReceiverReport, readRtcp } from './rtcp.ts'
import { type RtpPacket, readRtpPacket } from './rtp-packet.ts'
import type { RtpVideo } from './rtp-video.ts'
import { Timeline } from './timeline.ts'

/** A picture, with its times. */
export interface ReceivedPicture extends AccessUnit {
  /** As of `VideoPacket`. */
  readonly pts: number
  readonly dts: number
  readonly arrivedAt: number
  readonly capturedAt: number | undefined
}

/** What a receiver needs. */
export interface VideoReceiverParts {
  readonly clock: Clock
  /** The largest picture, bytes. */
  readonly maxBytes: number
  /** Whether packets may come in another order than they were sent (over UDP). */
  readonly order: 'kept' | 'any'
  picture(picture: ReceivedPicture): void
  /** A picture could not be used, as a part of it or of one that it refers to is missing. */
  dropped(): void
  /** The camera says that the video is over. */
  ended(): void
}

/** Makes pictures with times of the packets of RTP and RTCP that a camera sends for one video. */
export class VideoReceiver {
  readonly #video: RtpVideo
  readonly #parts: VideoReceiverParts
  readonly #order: ReorderBuffer
  readonly #reception: Reception
  readonly #timeline: Timeline
  readonly #captured: CaptureClock
  readonly #decoded = new DecodeTimes()
  readonly #depacketiser: Depacketiser
  /** The sender of the last packet. */
  #source: number | undefined
  /** The packet that is being taken, and when it and the one before it came, ms since 1970. */
  #timestamp = 0
  #now = 0
  #before = 0

  constructor(video: RtpVideo, parts: VideoReceiverParts) {
    this.#video = video
    this.#parts = parts
    this.#reception = new Reception(video.clockRate)
    this.#timeline = new Timeline(video.clockRate)
    this.#captured = new CaptureClock(video.clockRate)
    const { maxBytes } = parts
    this.#depacketiser = depacketiserFor(video, {
      maxBytes,
      unit: (unit) => this.#unit(unit),
      dropped: () => parts.dropped(),
    })
    this.#order = new ReorderBuffer(parts.order === 'any' ? REORDERED : 0, (packet, lost) => this.#take(packet, lost))
  }

  /**
   * Takes a packet of RTP. @param bytes not kept
   * @returns whether it is one of the video
   * @throws RtpError for video that cannot be read, whatever comes next
   */
  rtp(bytes: Uint8Array): boolean {
    const packet = readRtpPacket(bytes)
    if (packet?.payloadType !== this.#video.payloadType) return false
    this.#source = packet.source
    this.#reception.packet(packet, this.#parts.clock.monotonic())
    this.#order.take(packet)
    return true
  }

  /** Takes a packet of RTCP. */
  rtcp(bytes: Uint8Array): void {
    const { clock } = this.#parts
    const { reports, byes } = readRtcp(bytes)
    for (const report of reports) {
      this.#reception.senderReport(report, clock.monotonic())
      this.#captured.report(report, clock.now())
    }
    if (this.#source !== undefined && byes.includes(this.#source)) this.#parts.ended()
  }

  /** What is to be sent to the camera now and then: a packet of RTCP. @param self we, 32 bits */
  receiverReport(self: number): Uint8Array {
    return encodeReceiverReport(self, this.#reception.report(this.#parts.clock.monotonic()))
  }

  #take(packet: RtpPacket, lost: number): void {
    this.#timestamp = packet.timestamp
    this.#now = this.#parts.clock.now()
    this.#depacketiser.take(packet, lost)
    this.#before = this.#now
  }

  #unit(unit: AccessUnit): void {
    const { timestamp, track } = unit
    const { us: pts, jumped } = this.#timeline.place(timestamp, this.#parts.clock.monotonic())
    if (jumped) this.#captured.forget()
    this.#decoded.reorder(track.reordered)
    this.#parts.picture({
      ...unit,
      pts,
      dts: this.#decoded.next(pts),
      // Without a mark at its end, a picture has ended when the first packet of the next one comes.
      arrivedAt: timestamp === this.#timestamp ? this.#now : this.#before,
      capturedAt: this.#captured.capturedAt(timestamp),
    })
  }
}

function depacketiserFor({ codec, sets, size }: RtpVideo, parts: DepacketiserParts): Depacketiser {
  if (codec === 'mjpeg') return new JpegDepacketiser(size, parts)
  return codec === 'h264' ? new H264Depacketiser(sets, parts) : new H265Depacketiser(sets, parts)
}

/** So many packets wait for one that may have been overtaken. */
const REORDERED = 32

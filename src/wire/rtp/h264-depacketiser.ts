import { H264, h264PictureSetId, h264Type, hasH264RecoveryPoint, isH264Intra, readH264Sequence } from '../h264.ts'
import { AccessUnits } from './access-units.ts'
import type { Depacketiser, DepacketiserParts } from './depacketiser.ts'
import type { NalFormat, NalRole } from './nal-format.ts'
import { RtpError } from './rtp-error.ts'
import type { RtpPacket } from './rtp-packet.ts'

/** H.264 over RTP (RFC 6184), packetization modes 0 and 1. */
export class H264Depacketiser implements Depacketiser {
  readonly #units: AccessUnits

  /** @param sets the parameter sets of the session's description (sprop-parameter-sets) */
  constructor(sets: readonly Uint8Array[], parts: DepacketiserParts) {
    this.#units = new AccessUnits(FORMAT, sets, parts)
  }

  take({ payload, timestamp, marker }: RtpPacket, lost: number): void {
    this.#units.at(timestamp, lost)
    const header = payload[0]
    if (header !== undefined) this.#payload(h264Type(header), header, payload)
    if (marker) this.#units.marked()
  }

  #payload(type: number, header: number, payload: Uint8Array): void {
    if (type === STAP_A) this.#aggregated(payload)
    else if (type === FU_A) this.#fragment(header, payload)
    else if (type < STAP_A) this.#units.nal(payload)
    else
      throw new RtpError(
        'protocol',
        `The camera sends H.264 in interleaved order (packet type ${type}), which is not supported: set packetization mode 1, or another profile, at the camera.`,
      )
  }

  #aggregated(payload: Uint8Array): void {
    for (let at = 1; at + 2 < payload.length; ) {
      const length = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0)
      at += 2
      if (length > 0 && at + length <= payload.length) this.#units.nal(payload.subarray(at, at + length))
      at += length
    }
  }

  #fragment(header: number, payload: Uint8Array): void {
    const second = payload[1] ?? 0
    const part = payload.subarray(2)
    if ((second & IS_FIRST) !== 0) {
      this.#units.begin(new Uint8Array([(header & 0xe0) | (second & 0x1f)]))
      this.#units.more(part)
    } else if (!this.#units.more(part)) return
    if ((second & IS_LAST) !== 0) this.#units.finish()
  }
}

const FORMAT: NalFormat = {
  codec: 'h264',
  headerBytes: 1,
  sets: [H264.sps, H264.pps],
  sequenceSet: H264.sps,
  typeOf: h264Type,
  setId: (type, nal) => (type === H264.sps ? readH264Sequence(nal)?.id : h264PictureSetId(nal)),
  readSequence: readH264Sequence,
  roleOf,
}

function roleOf(type: number, nal: Uint8Array): NalRole {
  if (type === H264.idr) return 'key'
  if (type === H264.slice || type === H264.partitionA) return isH264Intra(nal) ? 'intra' : 'slice'
  if (type === H264.sei && hasH264RecoveryPoint(nal)) return 'recovery'
  return DROPPED.has(type) ? 'drop' : 'other'
}

/** Those that only say where pictures and the video end, and what fills up. */
const DROPPED: ReadonlySet<number> = new Set([0, H264.delimiter, 10, 11, H264.filler])
const STAP_A = 24
const FU_A = 28
const IS_FIRST = 0x80
const IS_LAST = 0x40

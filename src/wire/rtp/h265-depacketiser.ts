import { H265, h265SetId, h265Type, readH265Sequence } from '../h265.ts'
import { AccessUnits } from './access-units.ts'
import type { Depacketiser, DepacketiserParts } from './depacketiser.ts'
import type { NalFormat, NalRole } from './nal-format.ts'
import { RtpError } from './rtp-error.ts'
import type { RtpPacket } from './rtp-packet.ts'

/** H.265 over RTP (RFC 7798), in the order of decoding (sprop-max-don-diff=0). */
export class H265Depacketiser implements Depacketiser {
  readonly #units: AccessUnits

  /** @param sets the parameter sets of the session's description (sprop-vps, sprop-sps, sprop-pps) */
  constructor(sets: readonly Uint8Array[], parts: DepacketiserParts) {
    this.#units = new AccessUnits(FORMAT, sets, parts)
  }

  take({ payload, timestamp, marker }: RtpPacket, lost: number): void {
    this.#units.at(timestamp, lost)
    if (payload.length > 2) this.#payload(payload)
    if (marker) this.#units.marked()
  }

  #payload(payload: Uint8Array): void {
    const type = h265Type(payload[0] ?? 0)
    if (type === AGGREGATED) this.#aggregated(payload)
    else if (type === FRAGMENT) this.#fragment(payload)
    else if (type < AGGREGATED) this.#units.nal(payload)
    else
      throw new RtpError(
        'protocol',
        `The camera sends H.265 in packets of type ${type}, which are not supported: set the camera to H.264.`,
      )
  }

  #aggregated(payload: Uint8Array): void {
    for (let at = 2; at + 2 < payload.length; ) {
      const length = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0)
      at += 2
      if (length > 0 && at + length <= payload.length) this.#units.nal(payload.subarray(at, at + length))
      at += length
    }
  }

  #fragment(payload: Uint8Array): void {
    const header = payload[2] ?? 0
    const part = payload.subarray(3)
    if ((header & IS_FIRST) !== 0) {
      // The type is in the fragment's own header, all else in that of the packet.
      const first = ((payload[0] ?? 0) & 0x81) | ((header & 0x3f) << 1)
      this.#units.begin(new Uint8Array([first, payload[1] ?? 0]))
      this.#units.more(part)
    } else if (!this.#units.more(part)) return
    if ((header & IS_LAST) !== 0) this.#units.finish()
  }
}

const FORMAT: NalFormat = {
  codec: 'h265',
  headerBytes: 2,
  sets: [H265.vps, H265.sps, H265.pps],
  sequenceSet: H265.sps,
  typeOf: h265Type,
  setId: (type, nal) => (type === H265.sps ? readH265Sequence(nal)?.id : h265SetId(nal)),
  readSequence: readH265Sequence,
  roleOf,
}

function roleOf(type: number): NalRole {
  if (type === H265.cra) return 'open-key'
  if (type >= H265.firstIrap && type <= H265.lastIrap) return 'key'
  if (type === H265.raslN || type === H265.raslR) return 'leading'
  if (type <= H265.lastSlice) return 'slice'
  return DROPPED.has(type) ? 'drop' : 'other'
}

/** Those that only say where pictures and the video end, and what fills up. */
const DROPPED: ReadonlySet<number> = new Set([H265.delimiter, 36, 37, H265.filler])
const AGGREGATED = 48
const FRAGMENT = 49
const IS_FIRST = 0x80
const IS_LAST = 0x40

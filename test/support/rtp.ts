import type { RtpPacket } from '../../src/wire/rtp/rtp-packet.ts'

/*
 * Pictures in packets of RTP, as cameras send them.
 */

/** Parameter sets as x264 and x265 write them. */
export const H264_SETS = ['6742c01ed900a02ff97011000003000100000300320f162e48', '68cb83cb20'].map(hex)
/** 1920 × 1080. */
export const LARGE_H264_SETS = ['67640028acd940780227e5c044000003000400000300c83c60c658', '68ebe3cb22c0'].map(hex)
export const H265_SETS = [
  '40010c01ffff016000000300900000030000030078928090',
  '420101016000000300900000030000030078a003c08010e5964a924caf016808000003000800000300c840',
  '4401c172b46240',
].map(hex)

/** A NAL unit of a slice, first of its picture unless `bits` says otherwise. @param header one byte, or two of H.265 */
export function slice(header: readonly number[], length = 20, bits = 0x88): Uint8Array {
  return Uint8Array.from([...header, bits, ...Array.from({ length }, (_, at) => (at % 200) + 1)])
}

/** A slice of a key frame (IDR), and of one that refers to others. */
export const IDR = slice([0x65])
export const INTER = slice([0x41], 20, 0x9a)

/** The payloads that a NAL unit of H.264 is sent as: one, or fragments (FU-A) if it is longer than `most`. */
export function h264Payloads(nal: Uint8Array, most: number): Uint8Array[] {
  const [header = 0] = nal
  return fragments(nal, 1, most, (flags) => [(header & 0xe0) | 28, flags | (header & 0x1f)])
}

/** The same of H.265 (FU). */
export function h265Payloads(nal: Uint8Array, most: number): Uint8Array[] {
  const [first = 0, second = 0] = nal
  return fragments(nal, 2, most, (flags) => [(first & 0x81) | (49 << 1), second, flags | ((first >> 1) & 0x3f)])
}

/** Several NAL units in one payload (STAP-A of H.264, AP of H.265). @param header of the payload */
export function aggregate(header: readonly number[], nals: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from([...header, ...nals.flatMap((nal) => [nal.length >> 8, nal.length & 255, ...nal])])
}

/** Packets in order, the last of each picture marked. */
export class Packets {
  #sequence = 65_530

  /** The packets of a picture. */
  picture(timestamp: number, payloads: readonly Uint8Array[], { marked = true } = {}): RtpPacket[] {
    return payloads.map((payload, at) => ({
      payloadType: 96,
      marker: marked && at === payloads.length - 1,
      sequence: this.#sequence++ & 0xffff,
      timestamp,
      source: 1,
      payload,
    }))
  }
}

/** As it is sent. */
export function encodeRtp({ payloadType, marker, sequence, timestamp, source, payload }: RtpPacket): Uint8Array {
  const bytes = new Uint8Array(12 + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 0x80)
  view.setUint8(1, payloadType | (marker ? 0x80 : 0))
  view.setUint16(2, sequence)
  view.setUint32(4, timestamp)
  view.setUint32(8, source)
  bytes.set(payload, 12)
  return bytes
}

function fragments(nal: Uint8Array, skipped: number, most: number, header: (flags: number) => number[]): Uint8Array[] {
  if (nal.length <= most) return [nal]
  const parts: Uint8Array[] = []
  for (let at = skipped; at < nal.length; at += most) {
    const flags = (at === skipped ? 0x80 : 0) | (at + most >= nal.length ? 0x40 : 0)
    parts.push(Uint8Array.from([...header(flags), ...nal.subarray(at, at + most)]))
  }
  return parts
}

function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}

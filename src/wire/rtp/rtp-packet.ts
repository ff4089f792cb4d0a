/** A packet of RTP (RFC 3550, section 5.1). */
export interface RtpPacket {
  readonly payloadType: number
  /** Of the last packet of a picture. */
  readonly marker: boolean
  /** 16 bits, one more with each packet. */
  readonly sequence: number
  /** 32 bits, in units of the clock rate; the same for all packets of a picture. */
  readonly timestamp: number
  /** Who sends it, 32 bits. */
  readonly source: number
  /** A view of the bytes that were read. */
  readonly payload: Uint8Array
}

/** Reads a packet. @returns undefined if it is none */
export function readRtpPacket(bytes: Uint8Array): RtpPacket | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = view.getUint8(0)
  if (first >> 6 !== VERSION) return undefined
  let start = HEADER_BYTES + (first & 0x0f) * 4
  if ((first & HAS_EXTENSION) !== 0) {
    if (start + 4 > bytes.length) return undefined
    start += 4 + view.getUint16(start + 2) * 4
  }
  const padding = (first & HAS_PADDING) !== 0 ? view.getUint8(bytes.length - 1) : 0
  if (start + padding > bytes.length) return undefined
  const second = view.getUint8(1)
  return {
    payloadType: second & 0x7f,
    marker: second >= 0x80,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    source: view.getUint32(8),
    payload: bytes.subarray(start, bytes.length - padding),
  }
}

/** How far a sequence number is behind another one, -32768 to 32767. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16
}

/** How far a time stamp is behind another one, -2³¹ to 2³¹ - 1. */
export function timestampDistance(from: number, to: number): number {
  return (to - from) | 0
}

const HEADER_BYTES = 12
const VERSION = 2
const HAS_PADDING = 0x20
const HAS_EXTENSION = 0x10

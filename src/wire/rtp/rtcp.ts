import { concatBytes } from '../../core/concat-bytes.ts'

/** What a sender says of itself now and then: which moment a time stamp is (RFC 3550, section 6.4.1). */
export interface SenderReport {
  readonly source: number
  /** Seconds since 1900 by its clock, of 64 bits, as two numbers of 32. */
  readonly ntpSeconds: number
  readonly ntpFraction: number
  /** The same moment in units of the RTP clock. */
  readonly timestamp: number
}

/** What we tell a sender of what has come (RFC 3550, section 6.4.2). */
export interface ReceptionReport {
  /** The sender. */
  readonly source: number
  /** Of the packets since the last report, 0 to 255 for none to all. */
  readonly fractionLost: number
  readonly packetsLost: number
  /** With the number of times that it began again in the upper 16 bits. */
  readonly highestSequence: number
  /** In units of the RTP clock. */
  readonly jitter: number
  /** The middle 32 bits of the time in its last report, 0 if none has come. */
  readonly lastReport: number
  /** How long ago that came, 1/65536 s. */
  readonly sinceLastReport: number
}

/** What a packet of RTCP says that is of interest here. */
export interface ReadRtcp {
  readonly reports: readonly SenderReport[]
  /** Senders that say goodbye. */
  readonly byes: readonly number[]
}

/** Reads a compound packet, as far as it can be read. */
export function readRtcp(bytes: Uint8Array): ReadRtcp {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const reports: SenderReport[] = []
  const byes: number[] = []
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = 4 + view.getUint16(at + 2) * 4
    const first = view.getUint8(at)
    if (first >> 6 !== VERSION || at + length > bytes.length) break
    const type = view.getUint8(at + 1)
    if (type === SENDER_REPORT && length >= 28)
      reports.push({
        source: view.getUint32(at + 4),
        ntpSeconds: view.getUint32(at + 8),
        ntpFraction: view.getUint32(at + 12),
        timestamp: view.getUint32(at + 16),
      })
    const sources = Math.min(first & 0x1f, length / 4 - 1)
    if (type === BYE) for (let each = 0; each < sources; each++) byes.push(view.getUint32(at + 4 + each * 4))
    at += length
  }
  return { reports, byes }
}

/**
 * A receiver report, as a compound packet with the name that we go by.
 * @param self we, 32 bits
 * @param report undefined before anything has come
 */
export function encodeReceiverReport(self: number, report: ReceptionReport | undefined): Uint8Array {
  const bytes = new Uint8Array(report ? 32 : 8)
  const view = new DataView(bytes.buffer)
  writeHeader(view, report ? 1 : 0, RECEIVER_REPORT)
  view.setUint32(4, self)
  if (report) {
    view.setUint32(8, report.source)
    // A count of 24 bits with a sign, below the fraction.
    const lost = Math.max(-0x800000, Math.min(0x7fffff, report.packetsLost))
    view.setUint32(12, (report.fractionLost << 24) | (lost & 0xffffff))
    view.setUint32(16, report.highestSequence)
    view.setUint32(20, report.jitter)
    view.setUint32(24, report.lastReport)
    view.setUint32(28, report.sinceLastReport)
  }
  return concatBytes([bytes, encodeName(self)])
}

/** A source description (SDES) with a canonical name, which reports have to come with. */
function encodeName(self: number): Uint8Array {
  const bytes = new Uint8Array(4 + Math.ceil((4 + 2 + CNAME.length + 1) / 4) * 4)
  const view = new DataView(bytes.buffer)
  writeHeader(view, 1, SOURCE_DESCRIPTION)
  view.setUint32(4, self)
  bytes.set([CNAME_ITEM, CNAME.length], 8)
  bytes.set(CNAME, 10)
  return bytes
}

function writeHeader(view: DataView, count: number, type: number): void {
  view.setUint8(0, (VERSION << 6) | count)
  view.setUint8(1, type)
  view.setUint16(2, view.byteLength / 4 - 1)
}

const VERSION = 2
const SENDER_REPORT = 200
const RECEIVER_REPORT = 201
const SOURCE_DESCRIPTION = 202
const BYE = 203
const CNAME_ITEM = 1
/** Nothing of this machine: it is sent to strangers. */
const CNAME = new TextEncoder().encode('belvedere')

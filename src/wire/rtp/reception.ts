import type { ReceptionReport, SenderReport } from './rtcp.ts'
import { type RtpPacket, sequenceDistance } from './rtp-packet.ts'

/** Counts what comes from a sender, for receiver reports (RFC 3550, appendix A). */
export class Reception {
  readonly #clockRate: number
  #source: number | undefined
  #first = 0
  #highest = 0
  #received = 0
  #expectedBefore = 0
  #receivedBefore = 0
  #jitter = 0
  #transit: number | undefined
  #lastReport = 0
  #reportedAt = 0

  constructor(clockRate: number) {
    this.#clockRate = clockRate
  }

  /** @param at monotonic ms */
  packet({ source, sequence, timestamp }: RtpPacket, at: number): void {
    if (source !== this.#source) this.#begin(source, sequence)
    const ahead = sequenceDistance(this.#highest & 0xffff, sequence)
    if (ahead > 0) this.#highest += ahead
    this.#received++
    const transit = (at / 1000) * this.#clockRate - timestamp
    const difference = Math.abs(transit - (this.#transit ?? transit))
    // A time stamp that began again is no jitter.
    if (difference < this.#clockRate * JITTER_SECONDS) this.#jitter += (difference - this.#jitter) / 16
    this.#transit = transit
  }

  /** @param at monotonic ms */
  senderReport({ ntpSeconds, ntpFraction }: SenderReport, at: number): void {
    this.#lastReport = (((ntpSeconds & 0xffff) << 16) | (ntpFraction >>> 16)) >>> 0
    this.#reportedAt = at
  }

  /** What is to be told now; undefined before the first packet. @param at monotonic ms */
  report(at: number): ReceptionReport | undefined {
    if (this.#source === undefined) return undefined
    const expected = this.#highest - this.#first + 1
    const expectedNow = expected - this.#expectedBefore
    const lostNow = expectedNow - (this.#received - this.#receivedBefore)
    this.#expectedBefore = expected
    this.#receivedBefore = this.#received
    return {
      source: this.#source,
      fractionLost: expectedNow > 0 && lostNow > 0 ? Math.min(255, Math.floor((lostNow * 256) / expectedNow)) : 0,
      packetsLost: expected - this.#received,
      highestSequence: this.#highest >>> 0,
      jitter: Math.round(this.#jitter),
      lastReport: this.#lastReport,
      sinceLastReport: this.#lastReport === 0 ? 0 : Math.round(((at - this.#reportedAt) * 65_536) / 1000) >>> 0,
    }
  }

  #begin(source: number, sequence: number): void {
    this.#source = source
    this.#first = this.#highest = sequence
    this.#received = this.#expectedBefore = this.#receivedBefore = 0
    this.#transit = undefined
  }
}

const JITTER_SECONDS = 10

import type { SenderReport } from './rtcp.ts'
import { timestampDistance } from './rtp-packet.ts'

/** When pictures were captured, by the camera's clock, as its sender reports tell it. */
export class CaptureClock {
  readonly #clockRate: number
  #report: { readonly timestamp: number; readonly time: number } | undefined

  constructor(clockRate: number) {
    this.#clockRate = clockRate
  }

  /**
   * Each report replaces the one before.
   * @param now ms since 1970; a clock that is more than a year off is not set (it counts from 1900 or 1970, or from when the
   *   camera was switched on), and tells nothing
   */
  report({ ntpSeconds, ntpFraction, timestamp }: SenderReport, now: number): void {
    const era = Math.round((now / 1000 + FROM_1900_TO_1970 - ntpSeconds) / ERA)
    const time = (ntpSeconds + era * ERA - FROM_1900_TO_1970 + ntpFraction / ERA) * 1000
    const isSet = ntpSeconds !== 0 && Math.abs(time - now) <= FURTHEST_OFF
    this.#report = isSet ? { timestamp, time } : undefined
  }

  /** Time stamps have nothing to do with those before. */
  forget(): void {
    this.#report = undefined
  }

  /** When the picture with this time stamp was captured, ms since 1970; undefined if no report tells it. */
  capturedAt(timestamp: number): number | undefined {
    if (!this.#report) return undefined
    const ms = (timestampDistance(this.#report.timestamp, timestamp) / this.#clockRate) * 1000
    return Math.abs(ms) > OLDEST_REPORT ? undefined : this.#report.time + ms
  }
}

/** Seconds. */
const FROM_1900_TO_1970 = 2_208_988_800
/** Seconds until NTP's 32 bits begin again, which they do in 2036. */
const ERA = 2 ** 32
/** ms */
const FURTHEST_OFF = 366 * 86_400_000
/** Clocks drift; reports come every few seconds. ms */
const OLDEST_REPORT = 600_000

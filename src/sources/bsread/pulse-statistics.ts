import type { Clock } from '../../core/clock.ts'
import { FrameRate } from '../../core/frame-rate.ts'
import type { InstrumentStatus } from '../../core/instrument.ts'
import { PulseSequence } from './pulse-sequence.ts'

/** What has come in of an instrument's stream: counted for each message, worked out when somebody asks. */
export class PulseStatistics {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #sequence = new PulseSequence()
  readonly #rate = new FrameRate()
  readonly #dataRate = new FrameRate()
  #messages = 0
  #bytes = 0
  #rejected = 0
  #lastRejection: string | undefined
  #wasRejected = false
  #lastAt: number | undefined

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** A valid message began. */
  pulse(id: bigint): void {
    this.#lastAt = this.#clock.monotonic()
    this.#wasRejected = false
    this.#messages++
    this.#sequence.take(id)
    this.#rate.add(this.#lastAt, 0)
  }

  /** So much of messages of any kind has come in. */
  received(bytes: number): void {
    this.#bytes += bytes
    this.#dataRate.add(this.#clock.monotonic(), bytes)
  }

  /** A message was no valid one. @param reason a sentence for people */
  reject(reason: string): void {
    this.#rejected++
    this.#lastRejection = reason
    this.#wasRejected = true
  }

  /** Why the newest message was rejected; undefined if it was not. */
  get rejection(): string | undefined {
    return this.#wasRejected ? this.#lastRejection : undefined
  }

  /** ms since the last valid message; undefined before the first one. */
  get silence(): number | undefined {
    return this.#lastAt === undefined ? undefined : this.#clock.monotonic() - this.#lastAt
  }

  /** The usual time between two messages, ms; undefined before the third one. */
  get interval(): number | undefined {
    return this.#rate.meanInterval
  }

  /** After a time without a connection, which is no interval between two messages. */
  restartRate(): void {
    this.#rate.restart()
    this.#dataRate.restart()
  }

  /** All of it. */
  get status(): Omit<InstrumentStatus, 'state' | 'reason' | 'channels'> {
    const { silence } = this
    const now = this.#clock.monotonic()
    return {
      messages: this.#messages,
      bytes: this.#bytes,
      rate: this.#rate.rate(now).fps,
      bytesPerSecond: this.#dataRate.rate(now).bytesPerSecond,
      ...(this.#sequence.last !== undefined && { pulseId: this.#sequence.last }),
      lostPulses: this.#sequence.lost,
      restarts: this.#sequence.restarts,
      rejected: this.#rejected,
      ...(this.#lastRejection !== undefined && { lastRejection: this.#lastRejection }),
      ...(silence !== undefined && { age: silence }),
    }
  }
}

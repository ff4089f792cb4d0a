/**
 * The moment of a pulsed machine that a frame belongs to, as its sender counts it. The id has 64 bits, which a JavaScript
 * number could not hold to the digit.
 */
export interface Pulse {
  readonly id: bigint
  /** When the pulse was, for all its channels, by the sender's clock. */
  readonly globalTimestamp?: PulseTime | undefined
  /** When the frame's own channel was read, by the same or another clock. */
  readonly timestamp?: PulseTime | undefined
}

/** A time to the nanosecond, which one JavaScript number could not hold. */
export interface PulseTime {
  /** Whole seconds since 1970, UTC; up to the year 9999. */
  readonly sec: number
  /** 0 to 999,999,999. */
  readonly ns: number
}

/** The memory of a pulse, in bytes: an upper bound. */
export const PULSE_BYTES = 256

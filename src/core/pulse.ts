/**
 * The moment of a pulsed machine that a frame belongs to, as its sender counts it. Both numbers of a time have 64 bits, as
 * the id, which a JavaScript number could not hold to the digit.
 */
export interface Pulse {
  readonly id: bigint
  /** When the pulse was, for all its channels, by the sender's clock. */
  readonly globalTimestamp?: PulseTime | undefined
  /** When the frame's own channel was read, by the same or another clock. */
  readonly timestamp?: PulseTime | undefined
}

/** A time to the nanosecond. */
export interface PulseTime {
  /** Since 1970. */
  readonly sec: bigint
  /** 0 to 999,999,999. */
  readonly ns: bigint
}

/** The memory of a pulse, in bytes: an upper bound. */
export const PULSE_BYTES = 256

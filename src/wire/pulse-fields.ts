import type { Pulse, PulseTime } from '../core/pulse.ts'

/** A pulse in JSON: texts, as its numbers hold neither 64 bits nor nanoseconds since 1970 to the digit. */
export interface PulseFields {
  /** "18446744073709551615". */
  readonly id: string
  /** When the pulse was: s since 1970 with nine decimals, "1699999999.123456789"; left out if the sender does not say. */
  readonly timestamp?: string
  /** When the channel of the frame was read, likewise. */
  readonly channel_timestamp?: string
}

/** Writes a pulse for JSON. */
export function pulseFieldsOf({ id, globalTimestamp, timestamp }: Pulse): PulseFields {
  return {
    id: String(id),
    ...(globalTimestamp && { timestamp: textOf(globalTimestamp) }),
    ...(timestamp && { channel_timestamp: textOf(timestamp) }),
  }
}

function textOf({ sec, ns }: PulseTime): string {
  return `${sec}.${String(ns).padStart(9, '0')}`
}

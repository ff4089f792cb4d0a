import type { PulseTime } from '../../core/pulse.ts'
import { type HeaderFields, isCount } from './header-text.ts'

/** Reads a time in a header: `sec`, which older senders call `epoch`, and `ns`. @returns undefined if it is none */
export function timestampIn({ sec, epoch, ns }: HeaderFields): PulseTime | undefined {
  const seconds = sec ?? epoch
  return isCount(seconds) && isCount(ns) ? timestampOf(seconds, ns) : undefined
}

/**
 * Reads the timestamp frame of a channel: seconds and nanoseconds, 8 bytes each. They are in the byte order of the channel, but
 * some senders always write the lowest byte first.
 * @returns undefined if there is none, as with receivers in Java and Rust, which take the message's instead
 */
export function readTimestamp(bytes: Uint8Array, byteOrder: 'little' | 'big'): PulseTime | undefined {
  if (bytes.length !== TIMESTAMP_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, TIMESTAMP_BYTES)
  if (byteOrder === 'little') return littleEndian(view)
  return (
    timestampOf(joined(view.getUint32(0), view.getUint32(4)), joined(view.getUint32(8), view.getUint32(12))) ??
    littleEndian(view)
  )
}

/** Writes the timestamp frame of a channel. */
export function timestampFrame({ sec, ns }: PulseTime, byteOrder: 'little' | 'big'): Uint8Array {
  const view = new DataView(new ArrayBuffer(TIMESTAMP_BYTES))
  view.setBigUint64(0, BigInt(sec), byteOrder === 'little')
  view.setBigUint64(8, BigInt(ns), byteOrder === 'little')
  return new Uint8Array(view.buffer)
}

const TIMESTAMP_BYTES = 16

function littleEndian(view: DataView): PulseTime | undefined {
  const sec = joined(view.getUint32(4, true), view.getUint32(0, true))
  return timestampOf(sec, joined(view.getUint32(12, true), view.getUint32(8, true)))
}

function joined(high: number, low: number): number {
  return high * 2 ** 32 + low
}

function timestampOf(sec: number, ns: number): PulseTime | undefined {
  return sec <= MAX_SECONDS && ns < NANOSECONDS ? { sec, ns } : undefined
}

/** The end of the year 9999. Seconds that are read in the wrong byte order are beyond it, but for a few. */
const MAX_SECONDS = 253_402_300_799
const NANOSECONDS = 1e9

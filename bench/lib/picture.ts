import { jpeg } from '../../test/support/pictures.ts'

/** The picture size in bytes ("50 KB"); a link of 500,000 bytes per second thus carries ten per second. */
export const FRAME_BYTES = 50_000

const DIGITS_OF_TIME = 16
const DIGITS_OF_SEQUENCE = 6

/** A JPEG of `size` bytes with a timestamp near its start, in a comment; see `stamp`. */
export function stampedPicture(size = FRAME_BYTES): Uint8Array {
  return jpeg(640, 480, size, stampText(0, 0))
}

/** The offset of the timestamp in a picture, or in a message that contains one. */
export function findStamp(message: Uint8Array): number {
  return Buffer.from(message.buffer, message.byteOffset, Math.min(message.length, 4096)).indexOf('BENCH:')
}

/** Writes the current time into a timestamp in place. */
export function stamp(message: Uint8Array, at: number, sequence: number): void {
  Buffer.from(message.buffer, message.byteOffset, message.length).write(stampText(clock(), sequence), at, 'latin1')
}

/** The age of the picture in a message, in ms; undefined without a timestamp. */
export function ageOf(message: Uint8Array): number | undefined {
  const at = findStamp(message)
  if (at < 0) return undefined
  const begin = at + 'BENCH:'.length
  const text = Buffer.from(message.buffer, message.byteOffset + begin, DIGITS_OF_TIME).toString('latin1')
  return (clock() - Number(text)) / 1000
}

/**
 * CLOCK_MONOTONIC in µs, which all processes of a machine share. Not the wall clock: a virtual machine's is adjusted by
 * its host now and then, which has made pictures appear 160 ms old that were not.
 */
function clock(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

function stampText(time: number, sequence: number): string {
  return `BENCH:${String(time).padStart(DIGITS_OF_TIME, '0')}:${String(sequence).padStart(DIGITS_OF_SEQUENCE, '0')};`
}

import { jpeg } from '../../test/support/pictures.ts'

/** What "50 KB" means here; a link of 500,000 bytes a second thus carries ten. */
export const FRAME_BYTES = 50_000

const DIGITS_OF_TIME = 16
const DIGITS_OF_SEQUENCE = 6

/** A JPEG of `size` bytes that holds the text of a stamp right at its start; see `stamp`. */
export function stampedPicture(size = FRAME_BYTES): Uint8Array {
  return jpeg(640, 480, size, stampText(0, 0))
}

/** Where the stamp is in a picture, or in a message that holds one. */
export function findStamp(message: Uint8Array): number {
  return Buffer.from(message.buffer, message.byteOffset, Math.min(message.length, 4096)).indexOf('BENCH:')
}

/** Writes the time of now into a stamp, which keeps its length. */
export function stamp(message: Uint8Array, at: number, sequence: number): void {
  Buffer.from(message.buffer, message.byteOffset, message.length).write(stampText(clock(), sequence), at, 'latin1')
}

/** How old the picture in a message is, in ms; undefined if it bears no stamp. */
export function ageOf(message: Uint8Array): number | undefined {
  const at = findStamp(message)
  if (at < 0) return undefined
  const begin = at + 'BENCH:'.length
  const text = Buffer.from(message.buffer, message.byteOffset + begin, DIGITS_OF_TIME).toString('latin1')
  return (clock() - Number(text)) / 1000
}

/**
 * Microseconds of CLOCK_MONOTONIC, which all processes of a machine share. Not the time of day: a virtual machine's is put
 * right by its host now and then, which has made pictures look 160 ms old that were not.
 */
function clock(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

function stampText(time: number, sequence: number): string {
  return `BENCH:${String(time).padStart(DIGITS_OF_TIME, '0')}:${String(sequence).padStart(DIGITS_OF_SEQUENCE, '0')};`
}

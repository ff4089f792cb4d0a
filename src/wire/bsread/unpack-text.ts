import { announcedSizes } from './announced-sizes.ts'
import type { Packing } from './compression.ts'
import { unpackedBytesOf } from './unpack-bytes.ts'
import { UnpackError } from './unpack-error.ts'

/**
 * Unpacks bytes of which only they themselves say how many they are: a text, or a data header. Where LZ4's size has two
 * readings, the one that it unpacks to is right.
 * @param maxBytes no more are unpacked, nor is memory taken for more
 * @returns undefined if they are damaged or too many
 */
export function unpackedBytesOfAnySize(bytes: Uint8Array, packing: Packing, maxBytes: number): Uint8Array | undefined {
  for (const size of announcedSizes(bytes, packing)) {
    if (size > maxBytes) continue
    if (size === 0) return new Uint8Array(0)
    try {
      return unpackedBytesOf(bytes, packing, 1, size)
    } catch (error) {
      if (!(error instanceof UnpackError)) throw error
    }
  }
  return undefined
}

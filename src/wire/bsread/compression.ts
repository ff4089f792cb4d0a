import { COMPRESSIONS, type Compression } from '../../core/payload.ts'
import type { BsreadErrorCode } from './bsread-error.ts'

/** How values and data headers may be packed, so that they need unpacking. */
export type Packing = Exclude<Compression, 'none'>

/** Reads the field of a header; an absent one, or null, is `none`. @returns undefined for one that we do not know */
export function compressionOf(field: unknown): Compression | undefined {
  return COMPRESSIONS.find((each) => each === (field ?? 'none'))
}

/** The code of the error when bytes cannot be unpacked. */
export const PACKING_ERRORS: Readonly<Record<Packing, BsreadErrorCode>> = { lz4: 'LZ4', bitshuffle_lz4: 'BSLZ4' }

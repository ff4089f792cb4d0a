import { concatBytes } from '../../core/concat-bytes.ts'
import { RtpError } from './rtp-error.ts'

/** The parameter sets of a video that are in force, which decoding begins with. */
export class ParameterSets {
  /** By type and number, in the order they have to be sent. */
  readonly #sets = new Map<number, Uint8Array>()

  /**
   * Takes one. @param nal copied
   * @returns whether it is another one than before
   * @throws RtpError if they are too many, or too large
   */
  take(type: number, id: number, nal: Uint8Array): boolean {
    const key = type * 256 + id
    const known = this.#sets.get(key)
    if (known && isEqual(known, nal)) return false
    this.#sets.set(key, new Uint8Array(nal))
    if (this.#sets.size > MOST || nal.length > LONGEST)
      throw new RtpError('protocol', 'The camera sends more parameter sets than any video has.')
    return true
  }

  has(type: number): boolean {
    return this.all(type).length > 0
  }

  /** Those of a type. */
  all(type: number): Uint8Array[] {
    return [...this.#sets].filter(([key]) => Math.floor(key / 256) === type).map(([, nal]) => nal)
  }

  /** All, each behind a start code. */
  annexB(): Uint8Array {
    const sorted = [...this.#sets].sort(([one], [other]) => one - other)
    return concatBytes(sorted.flatMap(([, nal]) => [START_CODE, nal]))
  }
}

/** What a NAL unit begins with (Annex B). */
export const START_CODE = new Uint8Array([0, 0, 0, 1])

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}

const MOST = 64
/** Bytes. */
const LONGEST = 8192

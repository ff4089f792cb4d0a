import type { Sequence } from '../video-sequence.ts'

/** How the codecs differ that consist of NAL units (H.264, H.265), as far as putting pictures together goes. */
export interface NalFormat {
  readonly codec: 'h264' | 'h265'
  /** How long the header of a NAL unit is. */
  readonly headerBytes: number
  /** The types of the parameter sets that decoding begins with. */
  readonly sets: readonly number[]
  /** That of them which says what the pictures are like. */
  readonly sequenceSet: number
  typeOf(header: number): number
  /** Reads its number. @returns undefined if it is damaged */
  setId(type: number, nal: Uint8Array): number | undefined
  readSequence(nal: Uint8Array): Sequence | undefined
  /** What it is to the picture that it came with. @param nal a whole unit that is no parameter set */
  roleOf(type: number, nal: Uint8Array): NalRole
}

/**
 * `drop`: says nothing, or only where pictures end. `other`: belongs to the picture. `recovery`: the same, and decoding can
 * begin there. `slice`: a part of the picture. `intra`: of a part that needs no other picture. `key`: the same, and nothing
 * that comes later needs an earlier one. `open-key`: the same, but for what is `leading`: decoded after it, shown before it,
 * and may need what was before.
 */
export type NalRole = 'drop' | 'other' | 'recovery' | 'slice' | 'intra' | 'key' | 'open-key' | 'leading'

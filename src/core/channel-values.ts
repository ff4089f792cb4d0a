import type { ArrayPayload } from './payload.ts'

/** What a channel had with a pulse. */
export interface ChannelValue {
  /** An array as it was received, or a text; null: it had none, or it cannot be read. */
  readonly value: ArrayPayload | string | null
  /** Why it cannot be read, as a sentence. */
  readonly problem?: string | undefined
}

/** What the other channels had with the pulse of a frame, as it was received: nothing is read until somebody asks. */
export interface ChannelValues {
  /** How many there are. */
  readonly count: number
  /** The memory of their values, in bytes. */
  readonly byteLength: number
  /** The values of one channel; undefined if there is no such channel. */
  get(name: string): ChannelValue | undefined
}

/** What each of them takes in memory besides its values, in bytes: an upper bound. */
export const CHANNEL_BYTES = 512

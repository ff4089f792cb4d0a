import type { Frame } from './frame.ts'

/** The recent frames of a stream, the oldest first, and how much memory they take. */
export class FrameRing {
  readonly #frames: Frame[] = []
  #weight = 0
  #metadataWeight = 0

  /** How much memory they take, in bytes. */
  get weight(): number {
    return this.#weight
  }

  /** How much of that is not their payloads, in bytes. */
  get metadataWeight(): number {
    return this.#metadataWeight
  }

  /** The newest frame; undefined if there is none. */
  get newest(): Frame | undefined {
    return this.#frames.at(-1)
  }

  /** Whether there are frames besides the newest. */
  get hasOlder(): boolean {
    return this.#frames.length > 1
  }

  /** The frame with that id. */
  frame(id: string): Frame | undefined {
    return this.#frames.find((frame) => frame.id === id)
  }

  /** The last frame of that pulse: a sender that starts anew counts its pulses anew. */
  frameOfPulse(id: bigint): Frame | undefined {
    return this.#frames.findLast(({ pulse }) => pulse?.id === id)
  }

  /**
   * Adds a frame, and drops the oldest ones beyond the limits.
   * @param frames how many are kept at most
   * @param bytes how much memory they may take; the newest is kept in any case
   */
  push(frame: Frame, { frames, bytes }: { readonly frames: number; readonly bytes: number }): void {
    this.#frames.push(frame)
    this.#weight += frame.weight
    this.#metadataWeight += frame.metadataWeight
    while ((this.#frames.length > frames || this.#weight > bytes) && this.dropOldest());
  }

  /** Drops the oldest frame, but never the newest. @returns whether there was one to drop */
  dropOldest(): boolean {
    const oldest = this.hasOlder ? this.#frames.shift() : undefined
    if (!oldest) return false
    this.#weight -= oldest.weight
    this.#metadataWeight -= oldest.metadataWeight
    return true
  }

  /** Drops all frames. */
  clear(): void {
    this.#frames.length = 0
    this.#weight = 0
    this.#metadataWeight = 0
  }
}

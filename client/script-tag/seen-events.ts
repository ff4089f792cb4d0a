import { type FrameId, isAfter, isFrameId } from '../../src/core/frame-id.ts'

/** Knows which events of a log were given out already, so that none is given out twice after a reconnect. */
export class SeenEvents {
  #newest: FrameId | undefined

  /** The id of the newest event that was seen. */
  get newest(): string | undefined {
    return this.#newest
  }

  /** Notes an event. @returns whether it is new; one whose id is none always is */
  add(id: unknown): boolean {
    if (typeof id !== 'string' || !isFrameId(id)) return true
    if (!isAfter(id, this.#newest)) return false
    this.#newest = id
    return true
  }

  /** After a gap: the log may be another one, whose ids are lower. */
  forget(): void {
    this.#newest = undefined
  }
}

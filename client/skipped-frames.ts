import { type StreamName, streamId } from '../src/core/stream-name.ts'

/** What of a stream comes: its values may come at another rate than its pictures. */
type Form = 'pictures' | 'values'

/** Counts skipped frames, by the gaps in each stream's sequence numbers. */
export class SkippedFrames {
  readonly #last = { pictures: new Map<string, number>(), values: new Map<string, number>() }

  /** Adds a received frame. @returns how many frames were skipped since the previous one */
  add(stream: StreamName, form: Form, sequence: number): number {
    const last = this.#last[form].get(streamId(stream))
    this.#last[form].set(streamId(stream), sequence)
    return last === undefined ? 0 : Math.max(0, sequence - last - 1)
  }

  /** Forgets a stream. */
  delete(stream: StreamName): void {
    this.#last.pictures.delete(streamId(stream))
    this.#last.values.delete(streamId(stream))
  }

  clear(): void {
    this.#last.pictures.clear()
    this.#last.values.clear()
  }
}

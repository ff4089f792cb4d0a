import { type StreamName, streamId } from '../src/core/stream-name.ts'

/** Counts skipped frames, by the gaps in each stream's sequence numbers. */
export class SkippedFrames {
  readonly #last = new Map<string, number>()

  /** Adds a received frame. @returns how many frames were skipped since the previous one */
  add(stream: StreamName, sequence: number): number {
    const last = this.#last.get(streamId(stream))
    this.#last.set(streamId(stream), sequence)
    return last === undefined ? 0 : Math.max(0, sequence - last - 1)
  }

  /** Forgets a stream. */
  delete(stream: StreamName): void {
    this.#last.delete(streamId(stream))
  }

  clear(): void {
    this.#last.clear()
  }
}

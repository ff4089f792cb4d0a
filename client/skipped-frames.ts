import { type StreamName, streamId } from '../src/core/stream-name.ts'

/** Counts the skipped frames: by the gaps in each stream's sequence, what a connection was not sent. */
export class SkippedFrames {
  readonly #last = new Map<string, number>()

  /** A frame came. @returns how many did not since the one before */
  add(stream: StreamName, sequence: number): number {
    const last = this.#last.get(streamId(stream))
    this.#last.set(streamId(stream), sequence)
    return last === undefined ? 0 : Math.max(0, sequence - last - 1)
  }

  /** The stream is not followed any more. */
  delete(stream: StreamName): void {
    this.#last.delete(streamId(stream))
  }

  clear(): void {
    this.#last.clear()
  }
}

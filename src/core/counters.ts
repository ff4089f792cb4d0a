import type { StreamName } from './stream-name.ts'

/** Counts of one stream in one direction through one dialect, rising for as long as the stream is known. */
export interface FlowCounter {
  frames: number
  bytes: number
  /** Frames that were due but gave way to a newer one. */
  skipped: number
}

/**
 * Where the rooms count what they do (metrics). Asked once for each stream and connection; counting itself is
 * `counter.frames++`.
 */
export interface Counters {
  /** What comes in through a dialect ("post", "publish-socket" …). */
  in(stream: StreamName, dialect: string): FlowCounter
  /** What goes out through a dialect ("labels", "live", "snapshot" …). */
  out(stream: StreamName, dialect: string): FlowCounter
  /** A viewer confirmed a frame that was received `age` ms ago. */
  confirmed(dialect: string, age: number): void
  /** A stream is forgotten, and with it its counts. */
  forget(stream: StreamName): void
}

/** Counts nothing, for tests. */
export const NO_COUNTERS: Counters = {
  in: () => ({ frames: 0, bytes: 0, skipped: 0 }),
  out: () => ({ frames: 0, bytes: 0, skipped: 0 }),
  confirmed() {},
  forget() {},
}

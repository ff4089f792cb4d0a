import type { StreamName } from './stream-name.ts'

/** Counters of one stream in one direction through one dialect; they only rise while the stream is known. */
export interface FlowCounter {
  /** Frames received or sent. */
  frames: number
  /** Bytes of payloads received; bytes sent, of messages or (`snapshot`, `api-labels`, `updates`) of payloads. */
  bytes: number
  /** Frames that were due but were replaced by a newer one. */
  skipped: number
}

/**
 * Metrics: where the parts of the server count what they do. A counter is looked up once for each stream and
 * connection; counting itself is `counter.frames++`.
 */
export interface Counters {
  /** Counter of frames received through a dialect ("post", "publish-socket" …). */
  in(stream: StreamName, dialect: string): FlowCounter
  /** Counter of frames sent through a dialect ("labels", "live", "snapshot" …). */
  out(stream: StreamName, dialect: string): FlowCounter
  /** A viewer confirmed a frame that was received `age` ms ago. */
  confirmed(dialect: string, age: number): void
  /**
   * Somebody reached a limit and was refused, delayed or disconnected.
   * @param limit the setting: "limits.messages_per_s"
   */
  limited(limit: string): void
  /** Drops the counters of a stream that is forgotten. */
  forget(stream: StreamName): void
}

/** Counts nothing; for tests. */
export const NO_COUNTERS: Counters = {
  in: () => ({ frames: 0, bytes: 0, skipped: 0 }),
  out: () => ({ frames: 0, bytes: 0, skipped: 0 }),
  confirmed() {},
  limited() {},
  forget() {},
}

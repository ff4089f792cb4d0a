import type { StreamName } from './names.ts'

/** Counts of one stream in one direction through one dialect, rising for as long as the stream is known. */
export interface FlowMeter {
  frames: number
  bytes: number
  /** Frames that were due but gave way to a newer one. */
  skipped: number
}

/** Where the rooms count what they do. Asked once for each stream and connection; counting itself is `meter.frames++`. */
export interface Meters {
  /** What comes in through a dialect ("post", "publish-socket" …). */
  in(stream: StreamName, dialect: string): FlowMeter
  /** What goes out through a dialect ("labels", "live", "snapshot" …). */
  out(stream: StreamName, dialect: string): FlowMeter
  /** A viewer confirmed a frame that was received `age` ms ago. */
  confirmed(dialect: string, age: number): void
  /** A stream is forgotten, and with it its counts. */
  forget(stream: StreamName): void
}

/** Counts nothing, for tests. */
export const NO_METERS: Meters = {
  in: () => ({ frames: 0, bytes: 0, skipped: 0 }),
  out: () => ({ frames: 0, bytes: 0, skipped: 0 }),
  confirmed() {},
  forget() {},
}

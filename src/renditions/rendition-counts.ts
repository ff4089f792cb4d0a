/** Why a picture was not made. */
export const FAILURES = ['undecodable', 'too_large', 'thread', 'no_room'] as const

/** One of them. */
export type Failure = (typeof FAILURES)[number]

/** What was done, for the metrics; the numbers only rise. */
export class RenditionCounts {
  /** Pictures that were made, and values that were written. */
  made = 0
  /** Frames whose picture was right as it was. */
  passedOn = 0
  /** Frames that gave way to a newer one while they waited for a thread. */
  skipped = 0
  /** Originals that were made renditions of though a part of their data is damaged. */
  damaged = 0
  /** Attempts at a picture that failed. */
  readonly failed: Record<Failure, number> = { undecodable: 0, too_large: 0, thread: 0, no_room: 0 }
}

import type { Picture } from '../live/worker-protocol.ts'
import type { Overlay } from '../overlay/shapes.ts'
import type { DetectedClasses } from './detected-classes.ts'

/** What the page tells of the stream: a new object at most four times a second, and at once when the user did something. */
export interface PlayerState {
  /** The picture that is seen. */
  readonly picture: Picture | undefined
  /** What was detected on it. */
  readonly overlay: Overlay | undefined
  readonly isFrozen: boolean
  /** Pictures that can be gone back to. */
  readonly kept: number
  /** Which of them is seen, 0 the oldest; -1: one that has fallen out meanwhile. */
  readonly position: number
  /** Frames a second. */
  readonly rate: number | undefined
  /** Frames that came, that were skipped, and of these right before the newest. */
  readonly count: number
  readonly skipped: number
  readonly lastSkipped: number
  /** What there is to turn off. */
  readonly seen: DetectedClasses
}

/** Before the first picture. */
export const NOTHING: PlayerState = {
  picture: undefined,
  overlay: undefined,
  isFrozen: false,
  kept: 0,
  position: -1,
  rate: undefined,
  count: 0,
  skipped: 0,
  lastSkipped: 0,
  seen: { kinds: [], classes: [] },
}

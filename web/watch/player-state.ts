import type { Overlay } from '../../client/overlay/shapes.ts'
import type { Picture } from '../live/worker-protocol.ts'
import type { DetectedClasses } from './detected-classes.ts'

/** The player's state for React: a new object at most four times a second, and at once after user actions. */
export interface PlayerState {
  /** The displayed picture. */
  readonly picture: Picture | undefined
  /** Its overlay. */
  readonly overlay: Overlay | undefined
  readonly isFrozen: boolean
  /** The number of buffered pictures. */
  readonly kept: number
  /** The buffer position of the displayed picture, 0 is the oldest; -1: it has been evicted. */
  readonly position: number
  /** The frame rate, per second. */
  readonly rate: number | undefined
  /** The number of frames received, skipped, and skipped right before the newest. */
  readonly count: number
  readonly skipped: number
  readonly lastSkipped: number
  /** The kinds and classes for the overlay toggles. */
  readonly seen: DetectedClasses
}

/** The state before the first picture. */
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

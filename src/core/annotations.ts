import type { Orientation } from './orientation.ts'

/**
 * What a detector found in a picture, in the detection hub's format: each field is the text that was sent, unchanged.
 * Usually JSON; plain lines from old detectors; empty if there is nothing. `core/` does not parse these texts,
 * `wire/annotation-fields.ts` does. Coordinates are pixels of `width` × `height` where these are not 0, else of the
 * frame's size.
 */
export interface Annotations {
  /** `{"warning_no_hardhat": {"count": 2}, …}`, or one warning a line. */
  readonly warnings: string
  /** Areas between traffic cones: `[[[x, y], …], …]` */
  readonly cone_polygons: string
  /** Areas around utility poles: `[[[x, y], …], …]` */
  readonly pole_polygons: string
  /** `[[x1, y1, x2, y2, confidence, class], …]` */
  readonly detection_items: string
  /** Pixels, 0 if the sender gave none, undefined if what it wrote has no such field. */
  readonly width: number | undefined
  /** The same. */
  readonly height: number | undefined
  /**
   * How the picture is to be turned to be seen upright, where coordinates are of the picture as it is stored: those of the
   * upright one are `turnedAnnotations`.
   */
  readonly orientation?: Orientation | undefined
}

/**
 * What a detector drew on a picture, in the form of the detection hub: each field the text that it sent, to the letter,
 * JSON usually, plain lines from old detectors, empty where it had nothing to say. Nothing in core looks into the
 * texts; `wire/annotation-fields.ts` reads them. Coordinates are pixels of `width` × `height` where these are not 0,
 * else of the frame's size.
 */
export interface Annotations {
  /** `{"warning_no_hardhat": {"count": 2}, …}`, or a line a warning. */
  readonly warnings: string
  /** `[[[x, y], …], …]` */
  readonly cone_polygons: string
  /** `[[[x, y], …], …]` */
  readonly pole_polygons: string
  /** `[[x1, y1, x2, y2, confidence, class], …]` */
  readonly detection_items: string
  /** Pixels, 0 if the sender gave none. */
  readonly width: number
  /** Pixels, 0 if the sender gave none. */
  readonly height: number
}

import type { Frame } from '../core/frame.ts'
import { NO_ANNOTATIONS } from '../wire/annotations.ts'

/**
 * The fields of the detection hub's binary messages, without the one that names the stream or frame. The measurements
 * are the texts that the detector sent; `width` and `height` are texts, too, `"0"` if it gave none.
 */
export function hubHeader(frame: Frame) {
  const { annotations = NO_ANNOTATIONS } = frame
  return {
    warnings: annotations.warnings,
    cone_polygons: annotations.cone_polygons,
    pole_polygons: annotations.pole_polygons,
    detection_items: annotations.detection_items,
    width: String(annotations.width),
    height: String(annotations.height),
    received_at: frame.receivedAt,
    captured_at: frame.capturedAt,
    metadata: frame.metadata,
  }
}

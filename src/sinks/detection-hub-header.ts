import type { Annotations } from '../core/annotations.ts'
import type { ImageFrame } from '../core/frame.ts'
import type { Size } from '../core/payload.ts'
import { NO_ANNOTATIONS } from '../wire/annotation-fields.ts'
import { encodeImgHeader } from '../wire/img-message.ts'
import { sentText } from '../wire/json-text.ts'
import { turnedAnnotations } from '../wire/turned-annotations.ts'

/**
 * The header fields of the detection hub's binary messages, except the name of the stream or frame. Annotations are the
 * texts that the detector sent. `width` and `height` are texts too: `"0"` if it sent none, `""` if it wrote into Redis
 * without these fields; but for a rendition, whose pixels coordinates do not refer to, the original's size.
 */
export function detectionHubHeader(frame: ImageFrame) {
  const { annotations: given = NO_ANNOTATIONS, payload } = frame
  // Renditions are upright; the original is sent with what was sent with it.
  const annotations = payload.needsTurning ? given : turnedAnnotations(given)
  const { width, height } = coordinateSize(frame, annotations)
  return {
    warnings: annotations.warnings,
    cone_polygons: annotations.cone_polygons,
    pole_polygons: annotations.pole_polygons,
    detection_items: annotations.detection_items,
    width: String(width ?? ''),
    height: String(height ?? ''),
    received_at: frame.receivedAt,
    captured_at: frame.capturedAt,
  }
}

/**
 * The header of one of the detection hub's binary messages, with the metadata as it was sent.
 * @param names the name of the stream or frame, and what else the dialect adds
 */
export function encodeDetectionHubHeader(frame: ImageFrame, names: { readonly id: string; readonly key?: string }) {
  const metadata = sentText(frame.metadata, frame.metadataText)
  return encodeImgHeader({ ...names, ...detectionHubHeader(frame) }, { metadata })
}

/** The size that coordinates refer to; 0 × 0 or nothing means that of the picture itself. */
function coordinateSize({ size, payload }: ImageFrame, annotations: Annotations): Size | Annotations {
  // Turned by its EXIF orientation or not.
  const isOriginal = payload.width * payload.height === size.width * size.height
  return isOriginal || annotations.width || annotations.height ? annotations : size
}

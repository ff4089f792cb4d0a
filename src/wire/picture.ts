import { detached } from '../core/detached.ts'
import { type Orientation, turnedSize } from '../core/orientation.ts'
import type { EncodedImage, Size } from '../core/payload.ts'
import { orientationOf } from './exif.ts'
import { type ImageLimits, readImage } from './image-header.ts'

/**
 * Reads the picture of a frame, whichever way it came, with its EXIF orientation.
 * @returns the picture, copied out of a much larger buffer; and its size as it is seen
 * @throws Refusal `invalid` as `readImage`
 */
export function readPicture(
  bytes: Uint8Array,
  limits: ImageLimits,
): { readonly payload: EncodedImage; readonly size: Size; readonly orientation: Orientation } {
  const image = readImage(detached(bytes), limits)
  const orientation = orientationOf(image.bytes, image.mediaType)
  const payload = orientation === 1 ? image : { ...image, needsTurning: true }
  return { payload, size: turnedSize(image, orientation), orientation }
}

import { Refusal } from '../core/errors.ts'
import type { Payload } from '../core/payload.ts'

/** The refusal `invalid` of a picture, or of values, that nothing is made of. @param maxPixels the most that it may have */
export function tooLargeRefusal(payload: Payload, maxPixels: number): Refusal {
  const most = `${maxPixels / 1e6} megapixels`
  const limit = 'renditions.max_megapixels'
  return new Refusal(
    'invalid',
    payload.kind === 'image'
      ? `This picture has ${payload.width} × ${payload.height} pixels; it can be had as it is, but those of more than ${most} are not made smaller (${limit}).`
      : `This array has ${payload.shape.join(' × ')} values; those of more than ${most} are not drawn or converted (${limit}).`,
    { limit },
  )
}

import type { Size } from '../../src/core/payload.ts'
import type { Fit } from './contain.ts'

/**
 * Fits a picture into a container like CSS `object-fit: cover`: centred, on whole pixels; what does not fit lies outside
 * of the container. All 0 if either has no area.
 */
export function cover(outer: Size, inner: Size): Fit {
  if (!(outer.width > 0 && outer.height > 0 && inner.width > 0 && inner.height > 0))
    return { x: 0, y: 0, width: 0, height: 0 }
  const scale = Math.max(outer.width / inner.width, outer.height / inner.height)
  const width = Math.max(Math.ceil(outer.width), Math.round(inner.width * scale))
  const height = Math.max(Math.ceil(outer.height), Math.round(inner.height * scale))
  return { x: Math.floor((outer.width - width) / 2), y: Math.floor((outer.height - height) / 2), width, height }
}

/** The part of a picture that its container shows. */
export function visiblePart(fit: Fit, outer: Size): Fit {
  const x = Math.max(0, fit.x)
  const y = Math.max(0, fit.y)
  const width = Math.max(0, Math.min(fit.x + fit.width, outer.width) - x)
  const height = Math.max(0, Math.min(fit.y + fit.height, outer.height) - y)
  return { x, y, width, height }
}

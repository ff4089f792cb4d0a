import type { Size } from '../../src/core/payload.ts'

/** The position and size of a picture within its container, in the container's pixels. */
export interface Fit extends Size {
  readonly x: number
  readonly y: number
}

/**
 * Fits a picture into a container like CSS `object-fit: contain`: centred, on whole pixels, so that in device pixels
 * its edges and overlay are sharp. All 0 if either has no area.
 */
export function contain(outer: Size, inner: Size): Fit {
  if (!(outer.width > 0 && outer.height > 0 && inner.width > 0 && inner.height > 0))
    return { x: 0, y: 0, width: 0, height: 0 }
  const scale = Math.min(outer.width / inner.width, outer.height / inner.height)
  const width = clamp(inner.width * scale, outer.width)
  const height = clamp(inner.height * scale, outer.height)
  return { x: Math.floor((outer.width - width) / 2), y: Math.floor((outer.height - height) / 2), width, height }
}

function clamp(length: number, most: number): number {
  return Math.max(1, Math.min(Math.round(length), Math.floor(most)))
}

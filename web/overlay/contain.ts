import type { Size } from '../../src/core/payload.ts'

/** Where in its place a picture is, in the place's pixels. */
export interface Fit extends Size {
  readonly x: number
  readonly y: number
}

/**
 * The largest place for a picture inside another that keeps its shape, in the middle, on whole pixels: given device
 * pixels, the picture's edge and what is drawn over it are sharp. All 0 if either has no area.
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

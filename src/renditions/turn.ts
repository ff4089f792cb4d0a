import { type Orientation, turnedSize } from '../core/orientation.ts'
import type { Size } from '../core/payload.ts'

/**
 * Turns a picture upright.
 * @param pixels one number each, row by row
 * @param size as they are stored
 * @param turned where the result goes; as long as `pixels`, and not in the same memory
 * @returns the size of the result
 */
export function turn(pixels: Uint32Array, size: Size, orientation: Orientation, turned: Uint32Array): Size {
  const { width, height } = turnedSize(size, orientation)
  const { from, right, down } = walk(size, orientation)
  let at = 0
  for (let y = 0; y < height; y++) {
    let source = from + y * down
    for (let x = 0; x < width; x++) {
      turned[at++] = pixels[source] ?? 0
      source += right
    }
  }
  return { width, height }
}

/** Where the top left pixel of the upright picture is stored, and how far it is to the next one to the right and below. */
function walk({ width, height }: Size, orientation: Orientation): { from: number; right: number; down: number } {
  const topRight = width - 1
  const bottomLeft = width * (height - 1)
  const bottomRight = width * height - 1
  switch (orientation) {
    case 1:
      return { from: 0, right: 1, down: width }
    case 2:
      return { from: topRight, right: -1, down: width }
    case 3:
      return { from: bottomRight, right: -1, down: -width }
    case 4:
      return { from: bottomLeft, right: 1, down: -width }
    case 5:
      return { from: 0, right: width, down: 1 }
    case 6:
      return { from: bottomLeft, right: -width, down: 1 }
    case 7:
      return { from: bottomRight, right: -width, down: -1 }
    case 8:
      return { from: topRight, right: width, down: -1 }
  }
}

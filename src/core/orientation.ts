import type { Size } from './payload.ts'

/**
 * How a picture is to be turned to be seen upright, as EXIF counts (CIPA DC-008, tag 274): 1 as it is, 2 mirrored left to
 * right, 3 upside down, 4 mirrored top to bottom, 5 mirrored along the diagonal from the top left, 6 turned by 90°
 * clockwise, 7 mirrored along the other diagonal, 8 turned by 90° counterclockwise.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** The size of a picture as it is seen. */
export function turnedSize({ width, height }: Size, orientation: Orientation): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height }
}

/** `x' = a·x + c·y + e`, `y' = b·x + d·y + f`, in the order in which a canvas takes them (`setTransform`). */
export type Transform = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

/** Where the points of a picture are in the upright one. @param size as it is stored */
export function turning({ width, height }: Size, orientation: Orientation): Transform {
  switch (orientation) {
    case 1:
      return [1, 0, 0, 1, 0, 0]
    case 2:
      return [-1, 0, 0, 1, width, 0]
    case 3:
      return [-1, 0, 0, -1, width, height]
    case 4:
      return [1, 0, 0, -1, 0, height]
    case 5:
      return [0, 1, 1, 0, 0, 0]
    case 6:
      return [0, 1, -1, 0, height, 0]
    case 7:
      return [0, -1, -1, 0, height, width]
    case 8:
      return [0, -1, 1, 0, 0, width]
  }
}

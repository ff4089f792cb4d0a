import type { Size } from '../core/payload.ts'

/** A picture made from a larger one. */
export interface ShrinkStep extends Size {
  /** What it is made from: an earlier step's picture, or the original, as an index into `ShrinkPlan.pictures`. */
  readonly from: number
  /** Whether it is exactly half of that in both directions, which is faster. */
  readonly isHalf: boolean
}

/** How pictures are made from an original. */
export interface ShrinkPlan {
  /** All pictures: the original, then one a step. */
  readonly pictures: readonly Size[]
  /** Step `i` makes picture `i + 1`. */
  readonly steps: readonly ShrinkStep[]
  /** For each wanted size, the index of its picture. */
  readonly results: readonly number[]
}

/**
 * Plans the pictures of some sizes: each from the smallest one that has at least twice its width and height, where the
 * difference to using the original does not show, and half by half where that goes.
 */
export function shrinkPlan(original: Size, wanted: readonly Size[]): ShrinkPlan {
  const pictures: Size[] = [original]
  const steps: ShrinkStep[] = []
  const results: number[] = new Array(wanted.length)
  const make = ({ width, height }: Size, from: number, isHalf: boolean): number => {
    steps.push({ width, height, from, isHalf })
    return pictures.push({ width, height }) - 1
  }
  const largestFirst = [...wanted.entries()].sort(([, a], [, b]) => pixelsOf(b) - pixelsOf(a))
  for (const [index, size] of largestFirst) {
    let from = 0
    let best = original
    for (const [i, picture] of pictures.entries())
      if ((isSame(picture, size) || isTwice(picture, size)) && pixelsOf(picture) < pixelsOf(best)) {
        from = i
        best = picture
      }
    for (let halvings = halvingsBetween(best, size); halvings > 0; halvings--) {
      best = { width: best.width / 2, height: best.height / 2 }
      from = make(best, from, true)
    }
    results[index] = isSame(best, size) ? from : make(size, from, false)
  }
  return { pictures, steps, results }
}

function pixelsOf({ width, height }: Size): number {
  return width * height
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height
}

function isTwice(large: Size, small: Size): boolean {
  return large.width >= 2 * small.width && large.height >= 2 * small.height
}

/**
 * How often the large size is halved on the way to the small one: as often as that is exact, or leaves enough to be shrunk
 * for its details not to suffer.
 */
function halvingsBetween(large: Size, small: Size): number {
  const halvings = Math.log2(large.width / small.width)
  if (Number.isInteger(halvings) && large.height === small.height * 2 ** halvings) return halvings
  let { width, height } = large
  let count = 0
  while (
    width % 2 === 0 &&
    height % 2 === 0 &&
    Math.min(width / small.width, height / small.height) / 2 >= LEAST_REST
  ) {
    width /= 2
    height /= 2
    count += 1
  }
  return count
}

/** With less, the mixed pixels would be blurred unevenly. */
const LEAST_REST = 1.5

import type { Annotations } from '../core/annotations.ts'
import { type Orientation, turnedSize, turning } from '../core/orientation.ts'
import { isSameSize, type Size } from '../core/payload.ts'
import { isJson } from './json.ts'
import { jsonElements } from './json-fields.ts'

/**
 * Says in which picture the coordinates are. Most detectors decode pictures turned by their EXIF orientation, so theirs are
 * of the turned one; but who gives the size of the picture as it is stored, which is not also that of the turned one, has
 * looked at that.
 * @param stored the size of the picture in its own header
 */
export function placedIn(
  annotations: Annotations | undefined,
  stored: Size,
  orientation: Orientation,
): Annotations | undefined {
  if (!annotations || orientation === 1) return annotations
  const { width = 0, height = 0 } = annotations
  const given = { width, height }
  const isOfStored = isSameSize(given, stored) && !isSameSize(given, turnedSize(stored, orientation))
  return isOfStored ? { ...annotations, orientation } : annotations
}

/**
 * The annotations for the picture as it is seen. Where their coordinates are of the stored one, these are turned as it is;
 * all else stays to the digit, and so does a text that cannot be read.
 */
export function turnedAnnotations(annotations: Annotations): Annotations {
  const { orientation, width, height, cone_polygons, pole_polygons, detection_items } = annotations
  if (!orientation || !width || !height) return annotations
  const stored = { width, height }
  const turn = pointTurner(stored, orientation)
  const turnPoint = (point: string) => withNumbers(point, 2, ([x = 0, y = 0]) => turn(x, y))
  const turnPolygon = (points: string) => eachIn(points, turnPoint)
  return {
    warnings: annotations.warnings,
    cone_polygons: eachIn(cone_polygons, turnPolygon),
    pole_polygons: eachIn(pole_polygons, turnPolygon),
    detection_items: eachIn(detection_items, (box) => withNumbers(box, 4, (corners) => turnBox(corners, turn))),
    ...turnedSize(stored, orientation),
  }
}

type Point = readonly [x: number, y: number]
type PointTurner = (x: number, y: number) => Point

function pointTurner(stored: Size, orientation: Orientation): PointTurner {
  const [a, b, c, d, e, f] = turning(stored, orientation)
  return (x, y) => [a * x + c * y + e, b * x + d * y + f]
}

/** The corners change places, so that the first one is at the top left again. */
function turnBox([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[], turn: PointTurner): readonly number[] {
  const one = turn(x1, y1)
  const other = turn(x2, y2)
  const corner = (choose: (...values: number[]) => number) => [choose(one[0], other[0]), choose(one[1], other[1])]
  return [...corner(Math.min), ...corner(Math.max)]
}

/** The same JSON list, with what `turn` makes of each of its elements; anything else as it is. */
function eachIn(json: string, turn: (element: string) => string): string {
  const elements = isJson(json) ? jsonElements(json) : undefined
  return elements ? `[${elements.map(turn).join()}]` : json
}

/** The same JSON list, with what `change` makes of so many numbers at its beginning; as it is where there are fewer. */
function withNumbers(json: string, many: number, change: (numbers: readonly number[]) => readonly number[]): string {
  const elements = jsonElements(json) ?? []
  const numbers = elements.slice(0, many).map((element) => (IS_NUMBER.test(element) ? Number(element) : Number.NaN))
  if (numbers.length < many || !numbers.every(Number.isFinite)) return json
  return `[${[...change(numbers).map((number) => JSON.stringify(number)), ...elements.slice(many)].join()}]`
}

const IS_NUMBER = /^[-\d]/

import type { Annotations } from '../core/annotations.ts'
import type { Json } from '../core/json.ts'
import { type Orientation, turnedSize, turning } from '../core/orientation.ts'
import { isSameSize, type Size } from '../core/payload.ts'
import { jsonOrText } from './json.ts'

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
 * what is no coordinate stays, and a text that cannot be read stays as it is.
 */
export function turnedAnnotations(annotations: Annotations): Annotations {
  const { orientation, width, height, cone_polygons, pole_polygons, detection_items } = annotations
  if (!orientation || !width || !height) return annotations
  const stored = { width, height }
  const point = pointTurner(stored, orientation)
  const polygon = (points: Json) => isList(points) && points.map((each) => turnPoint(each, point))
  return {
    warnings: annotations.warnings,
    cone_polygons: eachIn(cone_polygons, polygon),
    pole_polygons: eachIn(pole_polygons, polygon),
    detection_items: eachIn(detection_items, (item) => turnBox(item, point)),
    ...turnedSize(stored, orientation),
  }
}

type Point = readonly [x: number, y: number]

function pointTurner(stored: Size, orientation: Orientation): (x: number, y: number) => Point {
  const [a, b, c, d, e, f] = turning(stored, orientation)
  return (x, y) => [a * x + c * y + e, b * x + d * y + f]
}

/** The same list, with what `turn` makes of each of its elements; those that it does not know stay. */
function eachIn(text: string, turn: (element: Json) => Json | false): string {
  const list = jsonOrText(text)
  return isList(list) ? JSON.stringify(list.map((element) => turn(element) || element)) : text
}

function turnPoint(value: Json, point: (x: number, y: number) => Point): Json {
  if (!isList(value)) return value
  const [x, y, ...rest] = value
  return typeof x === 'number' && typeof y === 'number' ? [...point(x, y), ...rest] : value
}

/** Of a box the corners change places, so that the first one is at the top left again. */
function turnBox(value: Json, point: (x: number, y: number) => Point): Json | false {
  if (!isList(value)) return false
  const [x1, y1, x2, y2, ...rest] = value
  if (typeof x1 !== 'number' || typeof y1 !== 'number' || typeof x2 !== 'number' || typeof y2 !== 'number') return false
  const one = point(x1, y1)
  const other = point(x2, y2)
  const corner = (choose: (...values: number[]) => number) => [choose(one[0], other[0]), choose(one[1], other[1])]
  return [...corner(Math.min), ...corner(Math.max), ...rest]
}

// Array.isArray alone does not narrow to a readonly array.
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

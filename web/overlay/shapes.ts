import type { Json } from '../../src/core/frame.ts'
import type { LiveFrameHeader } from '../../src/wire/live-messages.ts'

/** What is drawn over one picture. */
export interface Overlay {
  /** Pixels of the picture that all coordinates refer to. */
  readonly size: { readonly width: number; readonly height: number }
  readonly shapes: readonly Shape[]
  /** What could not be read as shapes, at most one text a field, to be shown as it is. */
  readonly unread: readonly Unread[]
}

/** A shape over a picture; coordinates are pixels of the overlay's size and may lie outside of it. */
export type Shape = Box | Polygon

/** Something that was detected. x1 ≤ x2, y1 ≤ y2. */
export interface Box {
  readonly kind: 'boxes'
  /** The class's name, "class 12" where its number has none. */
  readonly class: string
  /** 0 to 1 usually; undefined if the detector gave none. */
  readonly confidence: number | undefined
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

/** An area around cones or utility poles, closed, of at least three corners. */
export interface Polygon {
  readonly kind: 'cones' | 'poles'
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** Part of a field that is not what the field should hold. */
export interface Unread {
  /** As on the wire: "detection_items". */
  readonly field: string
  readonly text: string
}

/**
 * Reads what a detector drew: polygons `[[[x, y], …], …]` and items `[[x1, y1, x2, y2, confidence, class], …]`, the class
 * a name or a number. Takes any JSON: what does not fit is in `unread`, what does beside it is drawn.
 * @param size pixels of the picture, to which coordinates refer unless the annotations name another size
 * @param names of the classes by their numbers
 */
export function shapesOf(
  annotations: LiveFrameHeader['annotations'],
  size: { readonly width: number; readonly height: number },
  names: readonly string[],
): Overlay {
  const { cone_polygons, pole_polygons, detection_items, width = 0, height = 0 } = annotations ?? {}
  const shapes: Shape[] = []
  const unread: Unread[] = []
  const read = (field: string, value: Json | undefined, readOne: (one: Json) => Shape | undefined) => {
    const text = readEach(value, readOne, shapes)
    if (text !== undefined) unread.push({ field, text })
  }
  // Areas first: boxes are drawn over them.
  read('cone_polygons', cone_polygons, (one) => readPolygon('cones', one))
  read('pole_polygons', pole_polygons, (one) => readPolygon('poles', one))
  read('detection_items', detection_items, (one) => readBox(one, names))
  const isNamed = width > 0 && height > 0
  return { size: isNamed ? { width, height } : { width: size.width, height: size.height }, shapes, unread }
}

/** Adds the shapes that can be read. @returns the rest as text, undefined if there is none */
function readEach(
  value: Json | undefined,
  readOne: (one: Json) => Shape | undefined,
  shapes: Shape[],
): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (!isList(value)) {
    const isEmptyObject = typeof value === 'object' && Object.keys(value).length === 0
    return isEmptyObject ? undefined : textOf(value)
  }
  const rest: Json[] = []
  for (const one of value) {
    const shape = readOne(one)
    if (shape) shapes.push(shape)
    else rest.push(one)
  }
  return rest.length > 0 ? textOf(rest) : undefined
}

function readPolygon(kind: Polygon['kind'], value: Json): Polygon | undefined {
  if (!isList(value) || value.length < 3) return undefined
  const points: [number, number][] = []
  for (const point of value) {
    if (!isList(point) || point.length !== 2) return undefined
    const [x, y] = point
    if (!isCoordinate(x) || !isCoordinate(y)) return undefined
    points.push([x, y])
  }
  return { kind, points }
}

function readBox(value: Json, names: readonly string[]): Box | undefined {
  if (!isList(value) || value.length !== 6) return undefined
  const [x1, y1, x2, y2, confidence, of] = value
  if (!isCoordinate(x1) || !isCoordinate(y1) || !isCoordinate(x2) || !isCoordinate(y2)) return undefined
  if (confidence !== null && typeof confidence !== 'number') return undefined
  const name = className(of, names)
  if (name === undefined) return undefined
  const corners = { x1: Math.min(x1, x2), y1: Math.min(y1, y2), x2: Math.max(x1, x2), y2: Math.max(y1, y2) }
  return { kind: 'boxes', class: name, confidence: confidence ?? undefined, ...corners }
}

function className(of: Json | undefined, names: readonly string[]): string | undefined {
  if (typeof of === 'string' && of.trim() !== '') return of.trim()
  if (typeof of !== 'number') return undefined
  return names[of] ?? `class ${of}`
}

function isCoordinate(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

// Array.isArray alone does not tell a readonly list from an object.
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

import type { Json } from '../../src/core/json.ts'
import type { LiveFrameHeader } from '../../src/wire/live-messages.ts'

/** The annotations of one picture, as shapes. */
export interface Overlay {
  /** The size in pixels that all coordinates refer to. */
  readonly size: { readonly width: number; readonly height: number }
  readonly shapes: readonly Shape[]
  /** What could not be parsed as shapes, at most one text per field, to be shown as is. */
  readonly unread: readonly Unread[]
}

/** A shape over a picture; coordinates are pixels of the overlay's size and may lie outside of it. */
export type Shape = Box | Polygon

/** The bounding box of a detected object. x1 ≤ x2, y1 ≤ y2. */
export interface Box {
  readonly kind: 'boxes'
  /** The class name; "class 12" for a number without a name. */
  readonly class: string
  /** Usually 0 to 1; undefined if the detector sent none. */
  readonly confidence: number | undefined
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

/** A closed polygon around cones or utility poles, with at least three points. */
export interface Polygon {
  readonly kind: 'cones' | 'poles'
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** The part of a field that could not be parsed. */
export interface Unread {
  /** The field's name in the protocol: "detection_items". */
  readonly field: string
  readonly text: string
}

/**
 * Parses a detector's annotations: polygons `[[[x, y], …], …]` and items `[[x1, y1, x2, y2, confidence, class], …]`,
 * where the class is a name or a number. Accepts any JSON: what does not parse goes into `unread`, the rest becomes
 * shapes.
 * @param size the picture's size in pixels, to which coordinates refer unless the annotations name another size
 * @param names the class names, by class number
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
  // Polygons first: boxes are drawn over them.
  read('cone_polygons', cone_polygons, (one) => readPolygon('cones', one))
  read('pole_polygons', pole_polygons, (one) => readPolygon('poles', one))
  read('detection_items', detection_items, (one) => readBox(one, names))
  const isNamed = width > 0 && height > 0
  return { size: isNamed ? { width, height } : { width: size.width, height: size.height }, shapes, unread }
}

/** Adds the shapes that parse. @returns the rest as text; undefined if there is none */
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

// Array.isArray alone does not narrow to a readonly array.
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

import type { Annotations } from '../core/annotations.ts'
import { messageOf, Refusal } from '../core/errors.ts'
import type { Json } from '../core/frame.ts'

/** The fields of Annotations that hold text, in the order of the wire. */
export const ANNOTATION_TEXTS = ['warnings', 'cone_polygons', 'pole_polygons', 'detection_items'] as const

/** What the detection hub's dialects write for a picture that came without any. */
export const NO_ANNOTATIONS: Annotations = {
  warnings: '',
  cone_polygons: '',
  pole_polygons: '',
  detection_items: '',
  width: 0,
  height: 0,
}

/**
 * The annotations in the fields that a detector sent (`warnings_json`, `cone_polygons_json` …, `width`, `height`), as
 * form fields or as a message's header; undefined if it sent none.
 * @throws Refusal `invalid`, naming the field and what is allowed
 */
export function readAnnotations(fields: Record<string, unknown>): Annotations | undefined {
  const annotations = {
    warnings: jsonText('warnings_json', fields.warnings_json),
    cone_polygons: jsonText('cone_polygons_json', fields.cone_polygons_json),
    pole_polygons: jsonText('pole_polygons_json', fields.pole_polygons_json),
    detection_items: jsonText('detection_items_json', fields.detection_items_json),
    width: pixels('width', fields.width),
    height: pixels('height', fields.height),
  }
  const isEmpty = Object.values(annotations).every((value) => value === '' || value === 0)
  return isEmpty ? undefined : annotations
}

/**
 * The value of a field that holds JSON.
 * @throws Refusal `invalid` when it is none, or nests too deeply
 */
export function parseJsonField(field: string, text: string): Json {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Refusal('invalid', `${field}: is not JSON (${messageOf(error)})`)
  }
  checkDepth(field, value)
  return value
}

/**
 * Reading JSON of any depth is no trouble, but writing it again overflows the stack.
 * @throws Refusal `invalid` when the value nests too deeply
 */
export function checkDepth(field: string, value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return
  if (depth >= MAX_DEPTH) throw new Refusal('invalid', `${field}: nests deeper than ${MAX_DEPTH} levels`)
  for (const each of Object.values(value)) checkDepth(field, each, depth + 1)
}

/** The text to the letter, if it is JSON or empty; a value that is no text (in a header) as its JSON. */
function jsonText(field: string, value: unknown): string {
  if (value === undefined || value === null || value === '') return ''
  if (typeof value === 'string') {
    parseJsonField(field, value)
    return value
  }
  checkDepth(field, value)
  return JSON.stringify(value)
}

function pixels(field: string, value: unknown): number {
  if (value === undefined || value === null || value === '') return 0
  const number = typeof value === 'string' ? Number(value.trim() || Number.NaN) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > MAX_SIDE)
    throw new Refusal('invalid', `${field}: an integer from 0 to ${MAX_SIDE} is required`)
  return number
}

const MAX_DEPTH = 100
const MAX_SIDE = 1_000_000

import type { Annotations } from '../core/annotations.ts'
import { Refusal } from '../core/errors.ts'
import { checkDepth, parseJson } from './json.ts'

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

/** The text to the letter, if it is JSON or empty; a value that is no text (in a header) as its JSON. */
function jsonText(field: string, value: unknown): string {
  if (isEmptyField(value)) return ''
  if (typeof value === 'string') {
    parseJson(field, value, MAX_FIELD_DEPTH)
    return value
  }
  checkDepth(field, value, MAX_FIELD_DEPTH)
  return JSON.stringify(value)
}

function pixels(field: string, value: unknown): number {
  if (isEmptyField(value)) return 0
  const number = numberIn(value)
  if (!Number.isInteger(number) || number < 0 || number > MAX_SIDE)
    throw new Refusal('invalid', `${field}: an integer from 0 to ${MAX_SIDE} is required`)
  return number
}

/** Whether a sender left a field out, or said nothing in it. */
export function isEmptyField(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** The number that a field holds, as such (in a header) or as its text (in a form); NaN if it holds none. */
export function numberIn(value: unknown): number {
  if (typeof value === 'string') return Number(value.trim() || Number.NaN)
  return typeof value === 'number' ? value : Number.NaN
}

/** How deep the JSON in a field may nest. */
export const MAX_FIELD_DEPTH = 100

const MAX_SIDE = 1_000_000

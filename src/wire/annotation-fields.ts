import type { Annotations } from '../core/annotations.ts'
import { Refusal } from '../core/errors.ts'
import { checkDepth, parseJson } from './json.ts'

/** The fields of `Annotations` that hold text, in the order they are sent. */
export const ANNOTATION_TEXTS = ['warnings', 'cone_polygons', 'pole_polygons', 'detection_items'] as const

/** What the detection hub's dialects send for a picture without annotations. */
export const NO_ANNOTATIONS: Annotations = {
  warnings: '',
  cone_polygons: '',
  pole_polygons: '',
  detection_items: '',
  width: 0,
  height: 0,
}

/**
 * Reads the annotations from the fields that a detector sent (`warnings_json`, `cone_polygons_json` …, `width`,
 * `height`), from a form or from a message's header.
 * @returns undefined if there are none
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

/** A JSON text is returned unchanged; a value that is not a string (in a header) is serialized. */
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

/** Whether a field is missing or empty. */
export function isEmptyField(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** The value of a numeric field: a number (in a header) or its text (in a form); NaN if it is neither. */
export function numberIn(value: unknown): number {
  if (typeof value === 'string') return Number(value.trim() || Number.NaN)
  return typeof value === 'number' ? value : Number.NaN
}

/** The maximum nesting depth of JSON in a field. */
export const MAX_FIELD_DEPTH = 100

const MAX_SIDE = 1_000_000

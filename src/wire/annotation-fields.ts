import type { Annotations } from '../core/annotations.ts'
import { Refusal } from '../core/errors.ts'
import { checkJson, checkJsonText, type JsonLimits, jsonOrText } from './json.ts'

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

/** Limits of the fields that come with a picture, set by the operator. */
export interface FieldLimits {
  /** The longest text of a field: bytes in a form, characters in a header. */
  readonly maxTextBytes: number
  /** How many values the JSON in a field may hold. */
  readonly maxValues: number
}

/** The limits of JSON in a field. */
export function jsonLimits({ maxValues }: FieldLimits): JsonLimits {
  return { maxDepth: MAX_FIELD_DEPTH, maxValues, setting: 'frames.metadata_values' }
}

/**
 * Checks the length of a field, before it is parsed.
 * @throws Refusal `too_large`, naming the field
 */
export function checkFieldLength(field: string, length: number, { maxTextBytes }: FieldLimits): void {
  if (length > maxTextBytes)
    throw new Refusal('too_large', `${field}: at most ${maxTextBytes} bytes (frames.metadata_bytes)`, {
      limit: 'frames.metadata_bytes',
    })
}

/**
 * Reads the annotations from the fields that a detector sent (`warnings_json`, `cone_polygons_json` …, `width`,
 * `height`), from a form or from a message's header. Their texts are kept as they are, JSON or not.
 * @returns undefined if there are none
 * @throws Refusal `invalid` or `too_large`, naming the field and what is allowed
 */
export function readAnnotations(fields: Record<string, unknown>, limits: FieldLimits): Annotations | undefined {
  const text = (field: string, value: unknown) => readText(field, value, limits)
  const annotations = {
    warnings: text('warnings_json', fields.warnings_json),
    cone_polygons: text('cone_polygons_json', fields.cone_polygons_json),
    pole_polygons: text('pole_polygons_json', fields.pole_polygons_json),
    detection_items: text('detection_items_json', fields.detection_items_json),
    width: pixels('width', fields.width),
    height: pixels('height', fields.height),
  }
  const isEmpty = Object.values(annotations).every((value) => value === '' || value === 0)
  return isEmpty ? undefined : annotations
}

function readText(field: string, given: unknown, limits: FieldLimits): string {
  if (isEmptyField(given)) return ''
  const text = fieldText(field, given, limits)
  checkFieldLength(field, text.length, limits)
  return keptText(field, text, limits)
}

/**
 * The text of a field: as it was sent, or the JSON of a value.
 * @throws Refusal `invalid` or `too_large` for a value beyond the limits
 */
export function fieldText(field: string, given: unknown, limits: FieldLimits): string {
  if (typeof given === 'string') return given
  checkJson(field, given, jsonLimits(limits))
  return JSON.stringify(given)
}

/**
 * An annotation's text itself. It need be no JSON: old detectors send lines, and Python writes `NaN`.
 * @throws Refusal `invalid` or `too_large` for JSON beyond the limits
 */
export function keptText(field: string, text: string, limits: FieldLimits): string {
  checkJsonText(field, text, jsonLimits(limits))
  const value = jsonOrText(text)
  if (value !== text) checkJson(field, value, jsonLimits(limits))
  return text
}

function pixels(field: string, value: unknown): number {
  if (isEmptyField(value)) return 0
  const number = numberIn(value)
  if (!isSide(number)) throw new Refusal('invalid', `${field}: a number from 0 to ${MAX_SIDE} is required`)
  return Math.round(number)
}

/** Whether a number may be the width or height that coordinates refer to. Some detectors have fractions of pixels. */
export function isSide(number: number): boolean {
  return number >= 0 && number <= MAX_SIDE
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

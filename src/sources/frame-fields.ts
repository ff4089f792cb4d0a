import { Refusal } from '../core/errors.ts'
import type { Annotations, FrameInput, Json, Metadata } from '../core/frame.ts'
import { checkName, type StreamName } from '../core/names.ts'
import { readImage } from '../wire/image.ts'

/**
 * Makes a frame of the fields that a detector sent, as form fields or as a message's header: the same names, the same
 * rules. Fields of other names are passed over.
 * @throws Refusal `invalid`, naming the field and what is allowed
 */
export function readFrame(fields: Record<string, unknown>, picture: Uint8Array, limits: FrameLimits): FrameInput {
  return {
    stream: readStreamName(fields),
    annotations: readAnnotations(fields),
    metadata: readMetadata(fields.metadata_json),
    capturedAt: readCapturedAt(fields.captured_at),
    image: readImage(picture, limits),
  }
}

/**
 * The stream that the fields name.
 * @throws Refusal `invalid`, naming the field and what is allowed
 */
export function readStreamName(fields: Record<string, unknown>): StreamName {
  return { label: checkName('label', fields.label), key: checkName('key', fields.key) }
}

/** What a published picture may be. */
export interface FrameLimits {
  readonly maxPixels: number
}

function readAnnotations(fields: Record<string, unknown>): Annotations {
  return {
    warnings: jsonText('warnings_json', fields.warnings_json),
    cone_polygons: jsonText('cone_polygons_json', fields.cone_polygons_json),
    pole_polygons: jsonText('pole_polygons_json', fields.pole_polygons_json),
    detection_items: jsonText('detection_items_json', fields.detection_items_json),
    width: pixels('width', fields.width),
    height: pixels('height', fields.height),
  }
}

/** The text to the letter, if it is JSON or empty; a value that is no text (in a header) as its JSON. */
function jsonText(field: string, value: unknown): string {
  if (value === undefined || value === null || value === '') return ''
  if (typeof value === 'string') {
    parseJson(field, value)
    return value
  }
  checkDepth(field, value)
  return JSON.stringify(value)
}

function readMetadata(value: unknown): Metadata {
  if (value === undefined || value === null || value === '') return {}
  const parsed = typeof value === 'string' ? parseJson('metadata_json', value) : value
  if (!isMetadata(parsed)) throw new Refusal('invalid', 'metadata_json: must be a JSON object')
  checkDepth('metadata_json', parsed)
  return parsed
}

function isMetadata(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(field: string, text: string): Json {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Refusal('invalid', `${field}: is not JSON (${error instanceof Error ? error.message : error})`)
  }
  checkDepth(field, value)
  return value
}

/** Reading JSON of any depth is no trouble, but writing it again overflows the stack. */
function checkDepth(field: string, value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return
  if (depth >= MAX_DEPTH) throw new Refusal('invalid', `${field}: nests deeper than ${MAX_DEPTH} levels`)
  for (const each of Object.values(value)) checkDepth(field, each, depth + 1)
}

function pixels(field: string, value: unknown): number {
  if (value === undefined || value === null || value === '') return 0
  const number = typeof value === 'string' ? Number(value.trim() || Number.NaN) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > MAX_SIDE)
    throw new Refusal('invalid', `${field}: an integer from 0 to ${MAX_SIDE} is required`)
  return number
}

function readCapturedAt(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const ms = typeof value === 'string' ? Number(value.trim() || Number.NaN) : value
  if (typeof ms !== 'number' || !Number.isFinite(ms))
    throw new Refusal('invalid', 'captured_at: a number of milliseconds since 1970 is required')
  if (ms < EARLIEST_MS || ms > LATEST_MS)
    throw new Refusal('invalid', `captured_at: ${ms} is no time between 1980 and 2200 in milliseconds since 1970`)
  return ms
}

const MAX_DEPTH = 100
const MAX_SIDE = 1_000_000
/** Seconds given for milliseconds fall before 1980 and are caught. */
const EARLIEST_MS = Date.UTC(1980, 0)
const LATEST_MS = Date.UTC(2200, 0)

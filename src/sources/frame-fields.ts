import { Refusal } from '../core/errors.ts'
import type { FrameInput, Metadata } from '../core/frame.ts'
import type { EncodedImage } from '../core/payload.ts'
import { checkName, type StreamName } from '../core/stream-name.ts'
import {
  checkFieldLength,
  type FieldLimits,
  isEmptyField,
  jsonLimits,
  numberIn,
  readAnnotations,
} from '../wire/annotation-fields.ts'
import type { ImageLimits } from '../wire/image-header.ts'
import { checkJson, isJsonObject, parseJson } from '../wire/json.ts'
import { readPicture } from '../wire/picture.ts'
import { placedIn } from '../wire/turned-annotations.ts'
import { warningNames } from '../wire/warnings.ts'
import { isCaptureTime } from './capture-time.ts'

/** Limits of a picture and of what comes with it. */
export interface FrameLimits extends ImageLimits, FieldLimits {}

/**
 * Makes a frame from the fields that a detector sent, from a form or from a message's header: same names, same rules.
 * Unknown fields are ignored.
 * @throws Refusal `invalid` or `too_large`, naming the field and what is allowed
 */
export function readFrame(
  fields: Record<string, unknown>,
  picture: Uint8Array,
  limits: FrameLimits,
): FrameInput<EncodedImage> {
  const stream = readStreamName(fields)
  const given = readAnnotations(fields, limits)
  const metadata = readMetadata(fields.metadata_json, limits)
  const capturedAt = readCapturedAt(fields.captured_at)
  const { payload, size, orientation } = readPicture(picture, limits)
  const annotations = placedIn(given, payload, orientation)
  const warnings = annotations && warningNames(annotations.warnings)
  return { stream, size, payload, warnings, annotations, metadata, capturedAt }
}

/** Reads the stream's name from the fields. @throws Refusal `invalid`, naming the field and what is allowed */
export function readStreamName(fields: Record<string, unknown>): StreamName {
  return { label: checkName('label', fields.label), key: checkName('key', fields.key) }
}

function readMetadata(value: unknown, limits: FieldLimits): Metadata {
  const field = 'metadata_json'
  if (isEmptyField(value)) return {}
  if (typeof value === 'string') checkFieldLength(field, value.length, limits)
  else checkJson(field, value, jsonLimits(limits))
  const parsed = typeof value === 'string' ? parseJson(field, value, jsonLimits(limits)) : value
  if (!isMetadata(parsed)) throw new Refusal('invalid', 'metadata_json: must be a JSON object')
  return parsed
}

function isMetadata(value: unknown): value is Metadata {
  return isJsonObject(value)
}

function readCapturedAt(value: unknown): number | undefined {
  if (isEmptyField(value)) return undefined
  const ms = numberIn(value)
  if (!Number.isFinite(ms)) throw new Refusal('invalid', 'captured_at: a number of milliseconds since 1970 is required')
  if (!isCaptureTime(ms))
    throw new Refusal('invalid', `captured_at: ${ms} is no time between 1980 and 2200 in milliseconds since 1970`)
  return ms
}

import { Refusal } from '../core/errors.ts'
import type { FrameInput, Metadata } from '../core/frame.ts'
import type { EncodedImage } from '../core/payload.ts'
import { checkName, type StreamName } from '../core/stream-name.ts'
import {
  ANNOTATION_TEXTS,
  type FieldLimits,
  isEmptyField,
  numberIn,
  readAnnotations,
  readJsonField,
} from '../wire/annotation-fields.ts'
import type { ImageLimits } from '../wire/image-header.ts'
import { isJsonObject } from '../wire/json.ts'
import { readPicture } from '../wire/picture.ts'
import { placedIn } from '../wire/turned-annotations.ts'
import { warningNames } from '../wire/warnings.ts'
import { isCaptureTime } from './capture-time.ts'

/** Limits of a picture and of what comes with it. */
export interface FrameLimits extends ImageLimits, FieldLimits {}

/** The names of all fields that come with a picture. */
export const FRAME_FIELDS: ReadonlySet<string> = new Set([
  ...['label', 'key', 'width', 'height', 'captured_at', 'metadata_json'],
  ...ANNOTATION_TEXTS.map((name) => `${name}_json`),
])

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
  const { metadata, metadataText } = readMetadata(fields.metadata_json, limits)
  const capturedAt = readCapturedAt(fields.captured_at)
  const { payload, size, orientation } = readPicture(picture, limits)
  const annotations = placedIn(given, payload, orientation)
  const warnings = annotations && warningNames(annotations.warnings)
  return { stream, size, payload, warnings, annotations, metadata, metadataText, capturedAt }
}

/** Reads the stream's name from the fields. @throws Refusal `invalid`, naming the field and what is allowed */
export function readStreamName(fields: Record<string, unknown>): StreamName {
  return { label: checkName('label', fields.label), key: checkName('key', fields.key) }
}

function readMetadata(given: unknown, limits: FieldLimits): Pick<FrameInput, 'metadata' | 'metadataText'> {
  const field = 'metadata_json'
  if (isEmptyField(given)) return { metadata: {} }
  const { text, value: metadata } = readJsonField(field, given, limits)
  if (!isMetadata(metadata)) throw new Refusal('invalid', 'metadata_json: must be a JSON object')
  return { metadata, metadataText: text.trim() }
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

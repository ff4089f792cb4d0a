import { Refusal } from '../core/errors.ts'
import type { FrameInput, Metadata } from '../core/frame.ts'
import type { EncodedImage } from '../core/payload.ts'
import { checkName, type StreamName } from '../core/stream-name.ts'
import {
  ANNOTATION_TEXTS,
  checkFieldLength,
  type FieldLimits,
  fieldText,
  isEmptyField,
  jsonLimits,
  numberIn,
  readAnnotations,
} from '../wire/annotation-fields.ts'
import type { ImageLimits } from '../wire/image-header.ts'
import { isJsonObject, parseJson, withoutNonNumbers } from '../wire/json.ts'
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

/** A frame that was read. */
export interface ReadFrame {
  readonly input: FrameInput<EncodedImage>
  /** What is not kept as it was sent, in a sentence for the sender; undefined: nothing. */
  readonly note: string | undefined
}

/**
 * Makes a frame from the fields that a detector sent, from a form or from a message's header: same names, same rules.
 * Unknown fields are ignored.
 * @throws Refusal `invalid` or `too_large`, naming the field and what is allowed
 */
export function readFrame(fields: Record<string, unknown>, picture: Uint8Array, limits: FrameLimits): ReadFrame {
  const stream = readStreamName(fields)
  const given = readAnnotations(fields, limits)
  const { note, ...metadata } = readMetadata(fields.metadata_json, limits)
  const capturedAt = readCapturedAt(fields.captured_at)
  const { payload, size, orientation } = readPicture(picture, limits)
  const annotations = placedIn(given, payload, orientation)
  const warnings = annotations && warningNames(annotations.warnings)
  return { input: { stream, size, payload, warnings, annotations, ...metadata, capturedAt }, note }
}

/** Reads the stream's name from the fields. @throws Refusal `invalid`, naming the field and what is allowed */
export function readStreamName(fields: Record<string, unknown>): StreamName {
  return { label: checkName('label', fields.label), key: checkName('key', fields.key) }
}

/** The metadata, of which the text is kept unchanged but for `NaN` and `Infinity`: it is to be JSON for everybody. */
function readMetadata(
  given: unknown,
  limits: FieldLimits,
): Pick<FrameInput, 'metadata' | 'metadataText'> & Pick<ReadFrame, 'note'> {
  const field = 'metadata_json'
  if (isEmptyField(given)) return { metadata: {}, note: undefined }
  const sent = fieldText(field, given, limits)
  checkFieldLength(field, sent.length, limits)
  const text = withoutNonNumbers(sent)
  const metadata = parseJson(field, text, jsonLimits(limits))
  if (!isMetadata(metadata)) throw new Refusal('invalid', 'metadata_json: must be a JSON object')
  return { metadata, metadataText: text.trim(), note: text === sent ? undefined : NON_NUMBERS }
}

const NON_NUMBERS = 'metadata_json: NaN and Infinity are no JSON, so they became null'

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

import type { Annotations } from '../core/annotations.ts'
import { Refusal } from '../core/errors.ts'
import type { CaptureClock, FrameInput, Metadata } from '../core/frame.ts'
import { type EncodedImage, isSameSize, type Size } from '../core/payload.ts'
import { isName, nameId, type StreamName } from '../core/stream-name.ts'
import {
  ANNOTATION_TEXTS,
  checkFieldLength,
  type FieldLimits,
  isSide,
  jsonLimits,
  keptText,
  NO_ANNOTATIONS,
  numberIn,
} from './annotation-fields.ts'
import { checkPictureBytes, type ImageLimits } from './image-header.ts'
import { isJsonObject, parseJson } from './json.ts'
import { jsonFields } from './json-fields.ts'
import { asSent, writeJson } from './json-text.ts'
import { decode, encode } from './name-encoding.ts'
import { readPicture } from './picture.ts'
import { placedIn } from './turned-annotations.ts'
import { warningNames } from './warnings.ts'

/*
 * Frames in Redis, as the detection hub's programs read and write them: a stream for each camera, whose entries have the
 * fields `frame`, `warnings`, `cone_polygons`, `pole_polygons`, `detection_items`, `width` and `height`. Producers of the
 * first generation write only `frame` and `warnings`. We add one field, `belvedere`, with all that has no place in them.
 */

/** What the names of all streams in Redis begin with. */
export const STREAM_KEY_PREFIX = 'stream_frame:'

/** The name of a stream in Redis. */
export function redisKeyOf(name: StreamName): string {
  return STREAM_KEY_PREFIX + nameInRedisKey(name)
}

/** How the name of a stream is written in a key of Redis. */
export function nameInRedisKey({ label, key }: StreamName): string {
  return `${encode(label)}|${encode(key)}`
}

/**
 * The stream that a key in Redis is for, spelled as there.
 * @returns undefined if it is none, or its label or key is none that we allow
 */
export function nameOfRedisKey(redisKey: string): StreamName | undefined {
  if (!redisKey.startsWith(STREAM_KEY_PREFIX)) return undefined
  const parts = redisKey.slice(STREAM_KEY_PREFIX.length).split('|')
  const [label, key] = parts.map(decode)
  return parts.length === 2 && isName(label) && isName(key) ? { label, key } : undefined
}

/** Who wrote an entry, and what we need to know of a frame besides the fields of the detection hub. */
export interface EntryOrigin {
  /** Identifies one run of one server. */
  readonly node: string
  /** When that server received the frame: ms since 1970 by the clock of Redis. */
  readonly receivedAt: number
}

/** The fields of an entry, in the order they are written. */
export type EntryFields = readonly (readonly [name: string, value: string | Uint8Array])[]

/** The fields of the entry for a frame. */
export function redisFieldsOf(input: FrameInput<EncodedImage>, origin: EntryOrigin): EntryFields {
  const annotations = input.annotations ?? NO_ANNOTATIONS
  return [
    ['frame', input.payload.bytes],
    ...ANNOTATION_TEXTS.map((field) => [field, annotations[field]] as const),
    ['width', String(annotations.width ?? '')],
    ['height', String(annotations.height ?? '')],
    [OWN_FIELD, writeJson(ownFieldOf(input, origin))],
  ]
}

/** The limits of an entry, as those of frames that are published. */
export interface EntryLimits extends ImageLimits, FieldLimits {
  /** The largest picture, in bytes. */
  readonly maxBytes: number
}

/** An entry that was read. */
export interface RedisEntry {
  readonly input: FrameInput<EncodedImage>
  /** Undefined for one that another program wrote. */
  readonly origin: EntryOrigin | undefined
  /** What was left out, each in a sentence. */
  readonly leftOut: readonly string[]
}

/**
 * Whether an entry of a stream was written by a server of ours that knows itself by that name: an echo, which costs next to
 * nothing to be told. One that a program has copied into another stream is none.
 */
export function isWrittenBy(node: string, stream: StreamName, fields: ReadonlyMap<string, Uint8Array>): boolean {
  const bytes = fields.get(OWN_FIELD)
  const beginning = beginningOf(node, stream)
  return bytes !== undefined && decoder.decode(bytes.subarray(0, beginning.length)) === beginning
}

/**
 * Reads an entry. Only the picture must be one: texts are kept as they are, JSON or not, and what is too long or belongs
 * to no field is left out.
 * @throws Refusal `invalid` when there is no usable picture, `too_large` when it is too large
 */
export function readRedisEntry(
  stream: StreamName,
  fields: ReadonlyMap<string, Uint8Array>,
  limits: EntryLimits,
): RedisEntry {
  const bytes = fields.get('frame')
  if (!bytes) throw new Refusal('invalid', 'frame: the entry has no such field')
  checkPictureBytes(bytes.length, limits.maxBytes)
  const { payload, size, orientation } = readPicture(bytes, limits)
  const leftOut: string[] = []
  const annotations = placedIn(readTexts(fields, limits, leftOut), payload, orientation)
  const own = readOwnField(stream, fields, limits, leftOut)
  return {
    input: {
      stream,
      size: own?.size ?? size,
      payload,
      warnings: annotations && warningNames(annotations.warnings),
      annotations,
      metadata: own?.metadata ?? {},
      metadataText: own?.metadataText,
      capturedAt: own?.capturedAt,
      captureClock: own?.captureClock,
    },
    origin: own?.origin,
    leftOut,
  }
}

/** Ours, beside those of the detection hub. */
const OWN_FIELD = 'belvedere'

function ownFieldOf(input: FrameInput<EncodedImage>, origin: EntryOrigin) {
  const { stream, payload, size, capturedAt, captureClock, metadata, metadataText } = input
  return {
    ...writerOf(origin.node, stream),
    received_at: origin.receivedAt,
    ...(capturedAt !== undefined && { captured_at: capturedAt }),
    ...(captureClock !== undefined && { capture_clock: captureClock }),
    ...(Object.keys(metadata).length > 0 && { metadata: asSent(metadata, metadataText) }),
    ...(isSameSize(size, payload) ? {} : { size: [size.width, size.height] }),
  }
}

/** How our field begins: who wrote it, and for which stream. */
function beginningOf(node: string, stream: StreamName): string {
  return JSON.stringify(writerOf(node, stream)).slice(0, -1)
}

function writerOf(node: string, { label, key }: StreamName) {
  // As the stream may be spelled otherwise at other servers.
  return { node, stream: [nameId(label), nameId(key)] }
}

/** What our field says. */
interface OwnField {
  /** Undefined if it was written for another stream, and copied. */
  readonly origin: EntryOrigin | undefined
  readonly capturedAt: number | undefined
  readonly captureClock: CaptureClock | undefined
  readonly metadata: Metadata
  readonly metadataText: string | undefined
  readonly size: Size | undefined
}

/** Undefined if another program wrote the entry, or something of its own under our name. */
function readOwnField(
  stream: StreamName,
  fields: ReadonlyMap<string, Uint8Array>,
  limits: FieldLimits,
  leftOut: string[],
): OwnField | undefined {
  const bytes = fields.get(OWN_FIELD)
  if (!bytes) return undefined
  // The metadata, and a little more.
  const roomier = { maxTextBytes: limits.maxTextBytes + OWN_BYTES, maxValues: limits.maxValues + OWN_VALUES }
  const text = decoder.decode(bytes)
  const value = attempt(leftOut, () => {
    checkFieldLength(OWN_FIELD, bytes.length, roomier)
    return parseJson(OWN_FIELD, text, jsonLimits(roomier))
  })
  if (!isJsonObject(value)) return undefined
  const { node, received_at: receivedAt, captured_at: capturedAt, metadata, size } = value
  if (typeof node !== 'string' || !isTime(receivedAt)) return undefined
  return {
    origin: text.startsWith(beginningOf(node, stream)) ? { node, receivedAt } : undefined,
    capturedAt: isTime(capturedAt) ? capturedAt : undefined,
    captureClock: value.capture_clock === 'synchronised' ? 'synchronised' : undefined,
    metadata: isMetadata(metadata) ? metadata : {},
    metadataText: isMetadata(metadata) ? jsonFields(text).get('metadata') : undefined,
    size: sizeIn(size),
  }
}

function readTexts(
  fields: ReadonlyMap<string, Uint8Array>,
  limits: FieldLimits,
  leftOut: string[],
): Annotations | undefined {
  const text = (field: (typeof ANNOTATION_TEXTS)[number]) => {
    const bytes = fields.get(field)
    if (!bytes) return ''
    return (
      attempt(leftOut, () => {
        checkFieldLength(field, bytes.length, limits)
        return keptText(field, decoder.decode(bytes), limits)
      }) ?? ''
    )
  }
  const annotations = {
    warnings: text('warnings'),
    cone_polygons: text('cone_polygons'),
    pole_polygons: text('pole_polygons'),
    detection_items: text('detection_items'),
    width: pixelsIn(fields.get('width')),
    height: pixelsIn(fields.get('height')),
  }
  const isEmpty = Object.values(annotations).every((value) => value === '' || value === 0)
  return isEmpty ? undefined : annotations
}

/** What `read` returns; undefined if it refuses, with the reason in `leftOut`. */
function attempt<Result>(leftOut: string[], read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    leftOut.push(error.message)
    return undefined
  }
}

/** @returns undefined where there is no such field, which the dialects tell apart; 0 for what is none */
function pixelsIn(bytes: Uint8Array | undefined): number | undefined {
  if (!bytes) return undefined
  const number = bytes.length <= MAX_DIGITS ? numberIn(decoder.decode(bytes)) : 0
  return isSide(number) ? Math.round(number) : 0
}

function sizeIn(value: unknown): Size | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [width, height]: unknown[] = value
  return isPixels(width) && isPixels(height) ? { width, height } : undefined
}

function isPixels(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_SIDE
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < LATEST_MS
}

function isMetadata(value: unknown): value is Metadata {
  return isJsonObject(value)
}

const decoder = new TextDecoder()
/** Of a number with a fraction. */
const MAX_DIGITS = 30
const MAX_SIDE = 1_000_000
/** 2200, as for what is published. */
const LATEST_MS = Date.UTC(2200, 0)
/** What our field holds besides the metadata, at most. */
const OWN_BYTES = 1000
const OWN_VALUES = 20

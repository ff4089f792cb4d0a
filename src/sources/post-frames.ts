import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { checkFieldLength, type FieldLimits } from '../wire/annotation-fields.ts'
import { checkPictureBytes } from '../wire/image-header.ts'
import { isJsonObject } from '../wire/json.ts'
import { type FormPart, readForm } from '../wire/multipart.ts'
import { textOf } from '../wire/utf8.ts'
import { FRAME_FIELDS, readFrame, readStreamName } from './frame-fields.ts'
import type { PublishParts } from './publish-socket.ts'
import { formType, isForm, nextTurn, type ReadBody } from './request-body.ts'
import { storedAnswer } from './stored-answer.ts'

/** What `POST /frames` needs. */
export interface PostFramesParts extends PublishParts {
  readonly readBody: ReadBody
}

/**
 * `POST` and `PUT /frames`: publishes one frame, sent as `multipart/form-data`, or as the picture itself with the other
 * fields in the address, for cameras and programs that know nothing but to upload a file.
 */
export function postFrames({ hub, limits, publishRateLimit, readBody }: PostFramesParts) {
  const bytes = limits.maxBytes + FORM_BYTES + TEXT_FIELDS * limits.maxTextBytes
  const bodyLimit = { bytes, setting: 'http.body_bytes' }
  /** @param principalOf the publisher; called once the whole body has arrived */
  return async (request: FastifyRequest, reply: FastifyReply, principalOf: () => Principal) => {
    const read = isPictureBody(request.raw) ? readerOfPicture(request.query, limits) : readerOfForm(request.raw, limits)
    const body = await readBody(request, bodyLimit)
    publishRateLimit.take(principalOf(), body.length)
    const { fields, picture } = await read(body)
    if (picture === undefined) throw new Refusal('invalid', 'file: a picture is required')
    checkPictureBytes(picture.length, limits.maxBytes)
    readStreamName(fields)
    // Old detectors send an empty file when their camera delivered nothing.
    if (picture.length === 0) return storedAnswer()
    const { input, note } = readFrame(fields, picture, limits)
    const published = await hub.publish(principalOf(), input, 'post')
    if (published.notStored !== undefined)
      return reply
        .code(500)
        .header('retry-after', RETRY_AFTER_S)
        .send({ detail: `Failed to store frame: ${published.notStored}` })
    return storedAnswer(note)
  }
}

/** When to try again where a frame was not stored: at most a second is between two attempts to reach the store. */
const RETRY_AFTER_S = 1
/** How many long text fields a form has besides the picture: the metadata and four kinds of annotations. */
const TEXT_FIELDS = 5
/** Room for the short ones, and for boundaries and heads, in bytes. */
const FORM_BYTES = 64 * 1024

/**
 * Whether the body of a request is a picture itself. `curl -T` and `ffmpeg` name no type, `curl --data-binary` that of a
 * form in an address; the picture's own first bytes say what it is.
 */
export function isPictureBody({ headers }: IncomingMessage): boolean {
  return PICTURE_TYPES.test(headers['content-type'] ?? '')
}

const PICTURE_TYPES = /^(?:$|image\/|application\/(?:octet-stream|x-www-form-urlencoded)\b)/i

/** A frame as it was sent. */
interface SentFrame {
  readonly fields: Record<string, unknown>
  readonly picture?: Uint8Array
}

/** Reads a body. */
type ReadSent = (body: Uint8Array) => SentFrame | Promise<SentFrame>

/** @throws Refusal `invalid` when the body is none */
function readerOfForm(request: IncomingMessage, limits: FieldLimits): ReadSent {
  if (!isForm(request)) throw new Refusal('invalid', NEITHER)
  const contentType = formType(request)
  return async (body) => readFields(await readForm(contentType, body, nextTurn), limits)
}

/** @throws Refusal `invalid` when the address names no stream; `too_large` when one of its fields is */
function readerOfPicture(query: unknown, limits: FieldLimits): ReadSent {
  const fields: Record<string, unknown> = {}
  for (const [name, values] of Object.entries(isJsonObject(query) ? query : {})) {
    // Of a name that occurs several times the last value counts, as in a form.
    const value: unknown = [values].flat().at(-1)
    if (typeof value !== 'string' || !FRAME_FIELDS.has(name)) continue
    checkFieldLength(name, value.length, limits)
    fields[name] = value
  }
  if (fields.label === undefined && fields.key === undefined) throw new Refusal('invalid', NEITHER)
  readStreamName(fields)
  return (picture) => ({ fields, picture })
}

const NEITHER =
  'body: must be multipart/form-data, or a picture (image/jpeg, image/png, image/webp) with ?label=&key= in the address'

/**
 * The text fields of a form, and the bytes of the part named `file`. A field may be sent as a file as well: browsers do so
 * with the JSON of a `Blob`. If a name occurs several times, the last part counts.
 * @throws Refusal `too_large` when a text is; `invalid` when it is not UTF-8
 */
function readFields(parts: readonly FormPart[], limits: FieldLimits): SentFrame {
  const fields: Record<string, unknown> = {}
  let picture: Uint8Array | undefined
  for (const { name, bytes } of parts) {
    if (name === 'file') {
      picture = bytes
      continue
    }
    checkFieldLength(name, bytes.length, limits)
    if (FRAME_FIELDS.has(name)) fields[name] = textOf(name, bytes)
  }
  return picture ? { fields, picture } : { fields }
}

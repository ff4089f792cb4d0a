import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { checkFieldLength, type FieldLimits } from '../wire/annotation-fields.ts'
import { checkPictureBytes } from '../wire/image-header.ts'
import { type FormPart, readForm } from '../wire/multipart.ts'
import { textOf } from '../wire/utf8.ts'
import { FRAME_FIELDS, readFrame, readStreamName } from './frame-fields.ts'
import type { PublishParts } from './publish-socket.ts'
import { formType, nextTurn, type ReadBody } from './request-body.ts'
import { storedAnswer } from './stored-answer.ts'

/** What `POST /frames` needs. */
export interface PostFramesParts extends PublishParts {
  readonly readBody: ReadBody
}

/** `POST /frames`: publishes one frame, sent as `multipart/form-data`. */
export function postFrames({ hub, limits, publishRateLimit, readBody }: PostFramesParts) {
  const bytes = limits.maxBytes + FORM_BYTES + TEXT_FIELDS * limits.maxTextBytes
  const bodyLimit = { bytes, setting: 'http.body_bytes' }
  /** @param principalOf the publisher; called once the whole body has arrived */
  return async (request: FastifyRequest, reply: FastifyReply, principalOf: () => Principal) => {
    const contentType = formType(request.raw)
    const body = await readBody(request, bodyLimit)
    publishRateLimit.take(principalOf(), body.length)
    const { fields, picture } = readFields(await readForm(contentType, body, nextTurn), limits)
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
 * The text fields of a form, and the bytes of the part named `file`. A field may be sent as a file as well: browsers do so
 * with the JSON of a `Blob`. If a name occurs several times, the last part counts.
 * @throws Refusal `too_large` when a text is; `invalid` when it is not UTF-8
 */
function readFields(
  parts: readonly FormPart[],
  limits: FieldLimits,
): { fields: Record<string, unknown>; picture?: Uint8Array } {
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

import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { checkPictureBytes } from '../wire/image-header.ts'
import { readForm } from '../wire/multipart.ts'
import { readFrame, readStreamName } from './frame-fields.ts'
import type { PublishParts } from './publish-socket.ts'
import { formType, type ReadBody } from './request-body.ts'

/** What `POST /frames` needs. */
export interface PostFramesParts extends PublishParts {
  readonly readBody: ReadBody
}

/** `POST /frames`: publishes one frame, sent as `multipart/form-data`. */
export function postFrames({ hub, limits, publishRateLimit, readBody }: PostFramesParts) {
  const bodyLimit = { bytes: limits.maxBytes + MAX_TEXT_BYTES, setting: 'http.body_bytes' }
  /** @param principalOf the publisher; called once the whole body has arrived */
  return async (request: FastifyRequest, reply: FastifyReply, principalOf: () => Principal) => {
    const contentType = formType(request.raw)
    const body = await readBody(request, bodyLimit)
    const principal = principalOf()
    publishRateLimit.take(principal, body.length)
    const { fields, picture } = readFields(contentType, body)
    if (picture === undefined) throw new Refusal('invalid', 'file: a picture is required')
    checkPictureBytes(picture.length, limits.maxBytes)
    readStreamName(fields)
    // Old detectors send an empty file when their camera delivered nothing.
    if (picture.length > 0) {
      const published = await hub.publish(principal, readFrame(fields, picture, limits), 'post')
      if (published.notStored !== undefined)
        return reply.code(500).send({ detail: `Failed to store frame: ${published.notStored}` })
    }
    return { status: 'ok' as const, message: 'Frame stored successfully.' }
  }
}

const decoder = new TextDecoder()
/** Room for a form's text fields besides the picture. */
const MAX_TEXT_BYTES = 1024 * 1024

/**
 * The text fields of a form, and the bytes of the part named `file`. If a name occurs several times, the last part
 * counts.
 */
function readFields(contentType: string, body: Uint8Array): { fields: Record<string, unknown>; picture?: Uint8Array } {
  const fields: Record<string, unknown> = {}
  let picture: Uint8Array | undefined
  for (const { name, isFile, bytes } of readForm(contentType, body)) {
    if (name === 'file') picture = bytes
    else if (bytes.length > MAX_TEXT_BYTES) throw new Refusal('too_large', `${name}: at most ${MAX_TEXT_BYTES} bytes`)
    else if (!isFile) fields[name] = decoder.decode(bytes)
  }
  return picture ? { fields, picture } : { fields }
}

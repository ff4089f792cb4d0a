import type { MultipartFile } from '@fastify/multipart'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { readFrame, readStreamName } from './frame-fields.ts'
import type { PublishParts } from './publish-socket.ts'

/** The handler of `POST /frames`: one frame as a form, `multipart/form-data`. */
export function postFrames({ hub, limits }: PublishParts, admit: (request: FastifyRequest) => Principal) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const principal = admit(request)
    const { fields, picture } = await readForm(request)
    if (picture === undefined) throw new Refusal('invalid', 'file: a picture is required')
    readStreamName(fields)
    // Old detectors send an empty file when their camera gave nothing.
    if (picture.length > 0) {
      const published = await hub.publish(principal, readFrame(fields, picture, limits), 'post')
      if (published.notStored !== undefined)
        return reply.code(500).send({ detail: `Failed to store frame: ${published.notStored}` })
    }
    return { status: 'ok', message: 'Frame stored successfully.' }
  }
}

async function readForm(request: FastifyRequest): Promise<{ fields: Record<string, unknown>; picture?: Uint8Array }> {
  if (!request.isMultipart()) throw new Refusal('invalid', 'body: must be multipart/form-data')
  const fields: Record<string, unknown> = {}
  let picture: Uint8Array | undefined
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') picture = await readPicture(part, picture)
      else if (part.valueTruncated) throw new Refusal('too_large', `${part.fieldname}: is too long`)
      else fields[part.fieldname] = part.value
    }
  } catch (error) {
    // What has no status of its own comes from the parser, which found no whole form.
    if (error instanceof Error && !(error instanceof Refusal) && !('statusCode' in error))
      throw new Refusal('invalid', `body: is no whole form (${error.message})`)
    throw error
  }
  return picture ? { fields, picture } : { fields }
}

/** The bytes of the part called `file`; others are read and dropped, or the form would never end. */
async function readPicture(part: MultipartFile, picture: Uint8Array | undefined): Promise<Uint8Array | undefined> {
  if (part.fieldname === 'file') return part.toBuffer()
  part.file.resume()
  return picture
}

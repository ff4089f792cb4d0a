import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { Refusal } from '../../core/errors.ts'
import { authorizeAny } from '../../core/principal.ts'
import { quotaClientOf } from '../../core/quota-client.ts'
import { formType, nextTurn, type ReadBody } from '../../sources/request-body.ts'
import type { Uploads } from '../../store/files/uploads.ts'
import { type FormPart, readForm } from '../../wire/multipart.ts'
import type { App } from '../transport/app.ts'
import { UNCHECKED } from '../transport/raw-bodies.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'
import { PictureResponse } from '../transport/response-schemas.ts'

/** What the upload routes need. */
export interface UploadRouteParts {
  readonly guard: RequestGuard
  readonly uploads: Uploads
  readonly readBody: ReadBody
  /** The largest picture, in bytes. */
  readonly maxBytes: number
}

/**
 * `POST /api/upload` stores a picture; `GET /uploads/{name}` serves it without authentication (the name is the secret).
 */
export function uploadRoutes(app: App, parts: UploadRouteParts): void {
  const { guard, uploads } = parts
  const tags = ['uploads']
  app.post(
    '/api/upload',
    {
      schema: {
        summary: 'Put down a picture for others to fetch',
        tags,
        security: [{ key: [] }],
        consumes: ['multipart/form-data'],
        body: Type.Object({ file: Type.String({ format: 'binary', description: 'JPEG, PNG or WebP' }) }),
        response: { 200: Type.Object({ url: Type.String() }) },
      },
      validatorCompiler: UNCHECKED,
      onRequest: guard.require('publish'),
    },
    async (request) => {
      const { fileName, bytes } = await readFile(request, parts)
      const check = () => authorizeAny(principalOf(request), 'publish')
      check()
      const name = await uploads.save(fileName, bytes, quotaClientOf(principalOf(request)), check)
      return { url: `${request.basePath}/uploads/${name}` }
    },
  )

  app.get(
    '/uploads/:name',
    {
      schema: {
        summary: 'A picture that was put down',
        tags,
        params: Type.Object({ name: Type.String() }),
        response: { 200: PictureResponse },
      },
    },
    async (request, reply) => {
      const { mediaType, size, read } = await uploads.find(request.params.name)
      return reply
        .headers(HEADERS)
        .header('content-length', size)
        .type(mediaType)
        .send(Readable.from(read(), { objectMode: false }))
    },
  )
}

/**
 * Keeps browsers from treating an upload as anything but a picture: no sniffing, sandboxed, immutable. Theirs are the only
 * caches: one in front of the server would show an upload that was deleted.
 */
const HEADERS = {
  'cache-control': 'private, max-age=31536000, immutable',
  'content-disposition': 'inline',
  'content-security-policy': "sandbox; default-src 'none'",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}

/** Allowance for the rest of the multipart body around the picture, in bytes. */
const MAX_FORM_BYTES = 64 * 1024

async function readFile(
  request: FastifyRequest,
  { readBody, maxBytes }: UploadRouteParts,
): Promise<{ fileName: string; bytes: Uint8Array }> {
  const contentType = formType(request.raw)
  const limit = { bytes: maxBytes + MAX_FORM_BYTES, setting: 'uploads.max_bytes' }
  const parts = await readForm(contentType, await readBody(request, limit), nextTurn)
  const file = parts.findLast(({ name }: FormPart) => name === 'file')
  if (!file?.fileName) throw new Refusal('bad_request', 'Filename is missing')
  return { fileName: file.fileName, bytes: file.bytes }
}

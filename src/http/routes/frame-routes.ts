import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { MAX_NAME_LENGTH } from '../../core/stream-name.ts'
import { isPictureBody, type PostFramesParts, postFrames } from '../../sources/post-frames.ts'
import type { App } from '../transport/app.ts'
import { UNCHECKED, withRawBodies } from '../transport/raw-bodies.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** What the routes need. */
export interface FrameRouteParts extends PostFramesParts {
  readonly guard: RequestGuard
}

/** `POST` and `PUT /frames`, at `/` and under `/api`. */
export async function frameRoutes(app: App, parts: FrameRouteParts): Promise<void> {
  const { guard } = parts
  const publish = postFrames(parts)
  const requireForForm = guard.requireUncounted('publish')
  // Cameras that upload pictures know no credentials but a password.
  const requireForPicture = guard.requireForReader('publish', 'uncounted')
  const route = {
    // The body is read and checked by its own rules; the schema is only for the documentation.
    validatorCompiler: UNCHECKED,
    onRequest: (request: FastifyRequest) =>
      isPictureBody(request.raw) ? requireForPicture(request) : requireForForm(request),
    handler: (request: FastifyRequest, reply: FastifyReply) => publish(request, reply, () => principalOf(request)),
  }
  await withRawBodies(app, (own) => {
    for (const prefix of ['', '/api']) {
      const about = { tags: ['detection hub'], hide: prefix !== '', security: [{ key: [] }], response: { 200: Stored } }
      own.route({
        ...route,
        method: 'POST',
        url: `${prefix}/frames`,
        schema: {
          ...about,
          summary: 'Publish a frame',
          description: 'The body may also be the picture itself, as for PUT.',
          consumes: ['multipart/form-data'],
          body: FrameForm,
        },
      })
      own.route({
        ...route,
        method: 'PUT',
        url: `${prefix}/frames`,
        schema: {
          ...about,
          summary: 'Publish a frame whose picture is the body',
          consumes: ['image/jpeg', 'image/png', 'image/webp'],
          querystring: FrameFields,
          body: Type.String({ format: 'binary' }),
        },
      })
      own.get(`${prefix}/frames`, { schema: { hide: true } }, (_request, reply) =>
        reply.code(405).header('allow', 'POST, PUT').send({ detail: 'Method Not Allowed' }),
      )
    }
  })
}

const Stored = Type.Object({
  status: Type.Literal('ok'),
  message: Type.Literal('Frame stored successfully.'),
  note: Type.Optional(Type.String({ description: 'What is not kept as it was sent' })),
})

const annotation = (shape: string) =>
  Type.Optional(Type.String({ description: `JSON: ${shape}. Any other text is kept, and shown as text.` }))

const FRAME_FIELDS = {
  label: Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH, description: 'The site' }),
  key: Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH, description: 'The camera' }),
  warnings_json: annotation('{"warning_no_hardhat": {"count": 2}, …}'),
  cone_polygons_json: annotation('[[[x, y], …], …]'),
  pole_polygons_json: annotation('[[[x, y], …], …]'),
  detection_items_json: annotation('[[x1, y1, x2, y2, confidence, class], …]'),
  width: Type.Optional(Type.Integer({ minimum: 0, description: 'Pixels that the coordinates refer to' })),
  height: Type.Optional(Type.Integer({ minimum: 0, description: 'Pixels that the coordinates refer to' })),
  captured_at: Type.Optional(Type.Number({ description: "ms since 1970 by the source's clock" })),
  metadata_json: Type.Optional(Type.String({ description: 'JSON: any object' })),
}

const FrameFields = Type.Object(FRAME_FIELDS)

const FrameForm = Type.Object({
  ...FRAME_FIELDS,
  file: Type.String({ format: 'binary', description: 'JPEG, PNG or WebP' }),
})

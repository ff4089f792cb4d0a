import Type from 'typebox'
import { Refusal } from '../../core/errors.ts'
import type { BeamlinePictures } from '../../sinks/beamline-pictures.ts'
import type { App } from '../transport/app.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'
import { PictureResponse } from '../transport/response-schemas.ts'

/** What the old beamline page's route needs. */
export interface BeamlineRouteParts {
  readonly guard: RequestGuard
  readonly pictures: BeamlinePictures
}

/** `/static/images/stream.png`: where the old beamline page polls its picture. */
export function beamlineRoutes(app: App, { guard, pictures }: BeamlineRouteParts): void {
  app.get(
    '/static/images/stream.png',
    {
      // Not counted as calls: a page asks for each image, and who asks more often waits for the next one.
      onRequest: guard.requireForReader('view', 'uncounted'),
      schema: {
        summary: "The newest image of the default instrument, for the old beamline viewer's page",
        description: 'A PNG: the image that the page was told of on Socket.IO, or the next one.',
        tags: ['streams'],
        querystring: Type.Object({
          t: Type.Optional(Type.String({ description: 'Anything, against caches' })),
          token: Type.Optional(Type.String()),
        }),
        response: { 200: PictureResponse },
      },
    },
    async (request, reply) => {
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      reply.header('cache-control', 'no-store')
      const page = { principal: principalOf(request), address: guard.addressOf(request) }
      const frame = await pictures.newest(page, guard.holderOf(request).client, gone.signal)
      if (!frame) throw new Refusal('unavailable', 'The client has disconnected.')
      reply.header('x-frame-id', frame.id)
      if (frame.pulse) reply.header('x-pulse-id', String(frame.pulse.id))
      return reply.type(frame.payload.mediaType).send(frame.payload.bytes)
    },
  )
}

import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Clock } from '../../core/clock.ts'
import { tooMany } from '../../core/errors.ts'
import type { Hub } from '../../core/hub.ts'
import { matchesAny } from '../../core/pattern-list.ts'
import { RateLimiter } from '../../core/rate-limiter.ts'
import { MAX_NAME_LENGTH } from '../../core/stream-name.ts'
import { type PostFramesParts, postFrames } from '../../sources/post-frames.ts'
import type { App } from '../transport/app.ts'
import { UNCHECKED } from '../transport/raw-bodies.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** What the detection hub's routes need. */
export interface DetectionHubRouteParts extends PostFramesParts {
  readonly hub: Hub
  readonly guard: RequestGuard
  /** Patterns (`*`, `?`) of labels that `/labels` leaves out. */
  readonly hiddenLabels: readonly string[]
  /** The rate limit of `/labels` for each client, requests per minute. */
  readonly labelCallsPerMinute: number
  readonly clock: Clock
}

/** The REST routes of the detection hub, at `/` and under `/api`. */
export function detectionHubRoutes(app: App, parts: DetectionHubRouteParts): void {
  const { hub, guard } = parts
  const labelCalls = new RateLimiter({ amount: parts.labelCallsPerMinute, period: 60_000 }, parts.clock)
  const publish = postFrames(parts)
  const limitLabelCalls = async (request: FastifyRequest) => {
    const wait = labelCalls.take(guard.networkOf(request))
    if (wait > 0) throw tooMany(wait, `${parts.labelCallsPerMinute} calls`, 'labels.calls_per_minute')
  }
  for (const prefix of ['', '/api']) {
    app.route({
      method: 'GET',
      url: `${prefix}/labels`,
      schema: {
        summary: 'The labels that have streams',
        tags: ['detection hub'],
        hide: prefix !== '',
        response: { 200: Type.Object({ labels: Type.Array(Type.String()) }) },
      },
      // One limit for both paths of the route, checked before authentication.
      onRequest: [limitLabelCalls, guard.require('view')],
      async handler(request) {
        await hub.checkStore()
        const labels = hub.directory.labels(principalOf(request))
        return { labels: labels.filter((label) => !matchesAny(parts.hiddenLabels, label)) }
      },
    })
    app.route({
      method: 'POST',
      url: `${prefix}/frames`,
      schema: {
        summary: 'Publish a frame',
        tags: ['detection hub'],
        hide: prefix !== '',
        security: [{ key: [] }],
        consumes: ['multipart/form-data'],
        body: FrameForm,
        response: { 200: Stored },
      },
      // The form is parsed as a stream and checked by its own rules; the schema is only for the documentation.
      validatorCompiler: UNCHECKED,
      onRequest: guard.requireUncounted('publish'),
      handler: (request, reply) => publish(request, reply, () => principalOf(request)),
    })
  }
}

const Stored = Type.Object({
  status: Type.Literal('ok'),
  message: Type.Literal('Frame stored successfully.'),
  note: Type.Optional(Type.String({ description: 'What is not kept as it was sent' })),
})

const annotation = (shape: string) =>
  Type.Optional(Type.String({ description: `JSON: ${shape}. Any other text is kept, and shown as text.` }))

const FrameForm = Type.Object({
  label: Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH, description: 'The site' }),
  key: Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH, description: 'The camera' }),
  file: Type.String({ format: 'binary', description: 'JPEG, PNG or WebP' }),
  warnings_json: annotation('{"warning_no_hardhat": {"count": 2}, …}'),
  cone_polygons_json: annotation('[[[x, y], …], …]'),
  pole_polygons_json: annotation('[[[x, y], …], …]'),
  detection_items_json: annotation('[[x1, y1, x2, y2, confidence, class], …]'),
  width: Type.Optional(Type.Integer({ minimum: 0, description: 'Pixels that the coordinates refer to' })),
  height: Type.Optional(Type.Integer({ minimum: 0, description: 'Pixels that the coordinates refer to' })),
  captured_at: Type.Optional(Type.Number({ description: "ms since 1970 by the source's clock" })),
  metadata_json: Type.Optional(Type.String({ description: 'JSON: any object' })),
})

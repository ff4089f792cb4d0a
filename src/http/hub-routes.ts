import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Hub } from '../core/hub.ts'
import type { Action, Principal } from '../core/principal.ts'
import { fitsWildcard } from '../core/wildcard.ts'
import { postFrames } from '../sources/post-frames.ts'
import type { PublishParts } from '../sources/publish-socket.ts'
import type { App } from './app.ts'

/** Who a request is from; a Refusal if it may not do that. */
export type Admit = (request: FastifyRequest, action: Action) => Principal

/** What the detection hub's routes need. */
export interface HubRouteParts extends PublishParts {
  readonly hub: Hub
  readonly admit: Admit
  /** Labels that `/labels` does not list, with `*` and `?`. */
  readonly hiddenLabels: readonly string[]
  readonly labelCallsPerMinute: number
}

/** The REST routes of the detection hub, at `/` and under `/api`. */
export function hubRoutes(app: App, parts: HubRouteParts): void {
  const isHidden = (label: string) => parts.hiddenLabels.some((pattern) => fitsWildcard(pattern, label))
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
      config: {
        rateLimit: {
          max: parts.labelCallsPerMinute,
          timeWindow: '1 minute',
          groupId: 'labels',
          errorResponseBuilder: (_request, { max, ttl }) =>
            Object.assign(new Error(`At most ${max} calls a minute; try again in ${Math.ceil(ttl / 1000)} s`), {
              statusCode: 429,
            }),
        },
      },
      handler(request) {
        const streams = parts.hub.list(parts.admit(request, 'view'))
        const labels = [...new Set(streams.map(({ label }) => label))]
        return { labels: labels.filter((label) => !isHidden(label)).sort() }
      },
    })
    app.route({
      method: 'POST',
      url: `${prefix}/frames`,
      schema: {
        summary: 'Publish a frame',
        description: FRAME_FIELDS,
        tags: ['detection hub'],
        hide: prefix !== '',
        security: [{ key: [] }],
        consumes: ['multipart/form-data'],
      },
      handler: postFrames(parts, (request) => parts.admit(request, 'publish')),
    })
  }
}

const FRAME_FIELDS = `A form with \`label\`, \`key\` and \`file\` (JPEG, PNG or WebP), and optionally \`warnings_json\`,
\`cone_polygons_json\`, \`pole_polygons_json\`, \`detection_items_json\` (JSON texts), \`width\`, \`height\` (pixels that the
coordinates refer to), \`captured_at\` (ms since 1970) and \`metadata_json\` (any JSON object).`

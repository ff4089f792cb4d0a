import Type from 'typebox'
import type { HubCameraList } from '../../core/hub-camera-list.ts'
import { readJson } from '../../sources/json-body.ts'
import type { ReadBody } from '../../sources/request-body.ts'
import type { App } from '../transport/app.ts'
import { UNCHECKED, withRawBodies } from '../transport/raw-bodies.ts'
import { principalOf } from '../transport/request-guard.ts'
import { type AccountRouteParts, actorOf } from './account-parts.ts'

/** What the routes of the camera configuration need. */
export interface ConfigRouteParts extends AccountRouteParts {
  readonly cameras: HubCameraList
  readonly readBody: ReadBody
}

const CONFIG = Type.Array(Type.Object({ video_url: Type.String() }, { additionalProperties: true }))
const BODY_LIMIT = { bytes: 4_000_000 }

/** `GET` and `POST /api/config`: reads and replaces the list of cameras, for admins. */
export async function configRoutes(app: App, parts: ConfigRouteParts): Promise<void> {
  const { cameras, readBody } = parts
  const { audit } = parts.accounts
  const onRequest = parts.guard.require('administer')
  const tags = ['cameras']
  await withRawBodies(app, (own) => {
    own.get(
      '/api/config',
      {
        schema: {
          summary: 'The configured cameras',
          description: 'Secrets in URLs, and fields such as `password` and `headers.authorization`, are masked.',
          tags,
          security: [{ key: [] }],
          response: { 200: Type.Object({ config: CONFIG }) },
        },
        onRequest,
      },
      async (request) => ({ config: await cameras.read(principalOf(request)) }),
    )
    own.post(
      '/api/config',
      {
        schema: {
          summary: 'Replaces the configured cameras',
          description:
            'Cameras that are not in the list go, those of the same `video_url` are merged field by field. A masked secret stands for the stored one.',
          tags,
          security: [{ key: [] }],
          body: Type.Union([Type.Object({ config: CONFIG }), CONFIG]),
          response: { 200: Type.Object({ status: Type.String(), config: CONFIG }) },
        },
        validatorCompiler: UNCHECKED,
        onRequest,
      },
      async (request) => {
        const body = readJson(await readBody(request, BODY_LIMIT))
        const given = typeof body === 'object' && body !== null && 'config' in body ? body.config : body
        const actor = actorOf(parts, request)
        const { cameras: config, added, removed } = await cameras.replace(principalOf(request), given)
        const detail = `${added} added, ${removed} removed, ${config.length - added} kept`
        audit.note(actor, { action: 'config.change', target: 'cameras', detail })
        return { status: 'Configuration updated successfully.', config: [...config] }
      },
    )
  })
}

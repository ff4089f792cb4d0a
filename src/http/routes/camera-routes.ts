import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Actor } from '../../access/actor.ts'
import { mayAny } from '../../core/authorization.ts'
import type { CameraSettings } from '../../core/camera.ts'
import type { CameraList } from '../../core/camera-list.ts'
import type { CameraPuller } from '../../core/camera-puller.ts'
import { authorize, authorizeAny } from '../../core/principal.ts'
import { checkName } from '../../core/stream-name.ts'
import { maskSecrets } from '../../core/url-secrets.ts'
import { CameraFailure } from '../../sources/cameras/camera-input.ts'
import { readCameraChange, readNewCamera } from '../../wire/camera-fields.ts'
import { isJsonObject } from '../../wire/json.ts'
import type { App } from '../transport/app.ts'
import { UNCHECKED } from '../transport/raw-bodies.ts'
import { principalOf } from '../transport/request-guard.ts'
import { NoContent } from '../transport/response-schemas.ts'
import { type AccountRouteParts, actorOf, clientInfoOf } from './account-parts.ts'
import {
  CameraChangeSchema,
  CameraSchema,
  CamerasSchema,
  CameraTestFailedSchema,
  CameraTestSchema,
  describeCamera,
  NewCameraSchema,
} from './camera-schemas.ts'
import type { CameraTests } from './camera-tests.ts'

/** What the routes of cameras need. */
export interface CameraRouteParts extends AccountRouteParts {
  readonly cameras: CameraList
  readonly puller: Pick<CameraPuller, 'ffmpeg'>
  readonly tests: CameraTests
  /** Counts what connects to a camera anew. @throws Refusal `limited` when a client does so too often */
  readonly countChange: (client: string) => void
  /** Whether cameras on private addresses may be asked (`cameras.addresses.private`). */
  readonly privateAddresses: 'allow' | 'refuse'
}

const security = [{ key: [] }]
const tags = ['cameras']
const NameParams = Type.Object({ label: Type.String(), key: Type.String() })

/** `/cameras`: lists the cameras that are known, adds, changes and removes one, tries it again, and tests one. */
export function cameraRoutes(app: App, parts: CameraRouteParts): void {
  const { guard, cameras, puller, tests, countChange, privateAddresses } = parts
  const { audit } = parts.accounts
  const onRequest = guard.require('edit_cameras')
  const note = (actor: Actor, action: string, { label, key }: CameraSettings['stream'], detail = '') =>
    audit.note(actor, { action, target: `${label}/${key}`, detail })

  app.get(
    '/cameras',
    {
      onRequest: guard.require('view'),
      schema: {
        summary: 'Every camera that is known, and how it is doing',
        description: 'Those whose streams you may view. Where they are is for who may edit cameras of their label.',
        tags,
        response: { 200: CamerasSchema },
      },
    },
    async (request) => {
      const mayEdit = mayAny(principalOf(request), 'edit_cameras')
      const { version, problem } = mayEdit ? await puller.ffmpeg() : {}
      const list = cameras.list(principalOf(request)).map(describeCamera)
      if (!mayEdit) return { cameras: list }
      return {
        cameras: list,
        ffmpeg: { version: version ?? null, problem: problem ?? null },
        addresses: { private: privateAddresses },
      }
    },
  )
  app.post(
    '/cameras',
    {
      onRequest,
      validatorCompiler: UNCHECKED,
      schema: {
        summary: 'Pull another camera, now and after every restart',
        description: 'User and password may be in the address; they are taken out of it, and never shown again.',
        tags,
        security,
        body: NewCameraSchema,
        response: { 201: CameraSchema },
      },
    },
    async (request, reply) => {
      const settings = readNewCamera(request.body)
      const actor = actorOf(parts, request)
      countChange(guard.holderOf(request).client)
      const added = await cameras.add(principalOf(request), settings)
      note(actor, 'camera.add', settings.stream, placeOf(settings))
      return reply.code(201).send(describeCamera(added))
    },
  )
  app.patch(
    '/cameras/:label/:key',
    {
      onRequest,
      validatorCompiler: UNCHECKED,
      schema: {
        summary: 'Change a camera, and start it anew',
        description:
          'A masked address, or a password that is left out, keeps what is stored, but only for the same host, at the same port or the usual one of its scheme. One that is in the configuration of the server can only be changed there.',
        tags,
        security,
        params: NameParams,
        body: CameraChangeSchema,
        response: { 200: CameraSchema },
      },
    },
    async (request) => {
      const stream = streamOf(request.params)
      const change = readCameraChange(request.body)
      const actor = actorOf(parts, request)
      countChange(guard.holderOf(request).client)
      const changed = await cameras.change(principalOf(request), stream, change)
      const fields = Object.entries(change).flatMap(([field, value]) => (value === undefined ? [] : [field]))
      note(actor, 'camera.change', stream, `${fields.join(', ')}: ${placeOf(changed.settings)}`)
      return describeCamera(changed)
    },
  )
  app.delete(
    '/cameras/:label/:key',
    {
      onRequest,
      schema: {
        summary: 'Pull a camera no longer, and forget it',
        description: 'Those of the configuration and of the detection hub’s list can only be removed there.',
        tags,
        security,
        params: NameParams,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const stream = streamOf(request.params)
      const actor = actorOf(parts, request)
      await cameras.remove(principalOf(request), stream)
      note(actor, 'camera.remove', stream)
      return reply.code(204).send()
    },
  )
  app.post(
    '/cameras/:label/:key/retry',
    {
      onRequest,
      schema: {
        summary: 'Try a camera again now, also after a wrong password',
        tags,
        security,
        params: NameParams,
        response: { 200: CameraSchema },
      },
    },
    async (request) => {
      countChange(guard.holderOf(request).client)
      return describeCamera(await cameras.retry(principalOf(request), streamOf(request.params)))
    },
  )
  app.post(
    '/cameras/test',
    {
      onRequest,
      validatorCompiler: UNCHECKED,
      schema: {
        summary: 'Connect to a camera for one picture; nothing is stored',
        description:
          'Of a camera that is known, label and key and what is to be different are enough. One that fails is 422 with the reason.',
        tags,
        security,
        body: CameraChangeSchema,
        response: { 200: CameraTestSchema, 422: CameraTestFailedSchema },
      },
    },
    async (request, reply) => {
      const { camera, allow } = testedCamera(cameras, request)
      note(actorOf(parts, request), 'camera.test', camera.settings.stream, placeOf(camera.settings))
      try {
        const { client } = guard.holderOf(request)
        const found = await tests.run(client, camera, clientInfoOf(parts, request, reply).signal)
        allow()
        return {
          picture: Buffer.from(found.picture).toString('base64'),
          width: found.size.width,
          height: found.size.height,
          codec: found.codec ?? null,
          took_ms: Math.round(found.tookMs),
          clock: found.clock,
        }
      } catch (error) {
        if (!(error instanceof CameraFailure)) throw error
        return reply.code(422).send({ detail: maskSecrets(error.message), problem: error.problem })
      }
    },
  )
}

/** Where a camera is, for the audit trail: without user, password, path and query. */
export function placeOf({ url }: Pick<CameraSettings, 'url'>): string {
  return url.startsWith('file:') ? 'a file' : (/^[a-z]+:\/\/[^/?#]+/.exec(url)?.[0] ?? url)
}

function streamOf({ label, key }: { readonly label: string; readonly key: string }): CameraSettings['stream'] {
  return { label: checkName('label', label), key: checkName('key', key) }
}

/** What a camera is called that is tested before it has a name. */
const UNNAMED = { label: 'Cameras', key: 'new' }

/**
 * The camera that a request wants tested: one that is known, with changes, or one that is only described; then its site may
 * be left out, as one that may edit cameras anywhere could give that.
 * @returns it, and a check of the right, to be made again after the last wait
 */
function testedCamera(cameras: CameraList, request: FastifyRequest) {
  const change = readCameraChange(request.body)
  const { label, key } = change
  const stream = label !== undefined && key !== undefined ? { label, key } : undefined
  const allow = () => {
    if (label === undefined) authorizeAny(principalOf(request), 'edit_cameras')
    else authorize(principalOf(request), 'edit_cameras', { label })
  }
  allow()
  if (stream && cameras.has(stream)) return { camera: cameras.changed(principalOf(request), stream, change), allow }
  const described = { ...UNNAMED, ...(isJsonObject(request.body) ? request.body : {}) }
  return { camera: { settings: readNewCamera(described), origin: 'added' as const }, allow }
}

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { ALL, may } from '../../core/authorization.ts'
import { toBase64 } from '../../core/base64.ts'
import type { Clock } from '../../core/clock.ts'
import { Refusal } from '../../core/errors.ts'
import type { EventLog } from '../../core/event-log.ts'
import type { Hub } from '../../core/hub.ts'
import { authorize, type Principal, systemPrincipal } from '../../core/principal.ts'
import { checkName, type StreamName } from '../../core/stream-name.ts'
import { type SnapshotParts, snapshot } from '../../sinks/snapshot.ts'
import { doorbellEvent, seconds } from '../../wire/doorbell-event.ts'
import type { App } from '../transport/app.ts'
import { type NoteRefusal, statusOf } from '../transport/error-handler.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** What the doorbell's routes need. */
export interface DoorbellRouteParts {
  readonly guard: RequestGuard
  readonly events: EventLog
  readonly hub: Hub
  readonly clock: Clock
  readonly noteRefusal: NoteRefusal
  readonly snapshots: SnapshotParts
  /** The default camera; undefined: the first that the asker may see. */
  readonly camera: StreamName | undefined
}

const tags = ['events']
const Success = { status: Type.Literal('success') }

/** The doorbell's REST routes, below `/api`. */
export async function doorbellRoutes(app: App, parts: DoorbellRouteParts): Promise<void> {
  const { guard, events, clock } = parts
  await app.register(async (own: App) => {
    own.setErrorHandler((error: FastifyError | Refusal, request, reply) =>
      answerError(parts.noteRefusal, error, request, reply),
    )
    own.post(
      '/api/trigger-doorbell',
      {
        onRequest: guard.require('command'),
        schema: {
          summary: 'Ring the doorbell',
          description: 'Without a label it is that of the default camera.',
          tags,
          security: [{ key: [] }],
          body: Type.Optional(
            Type.Union([
              Type.Object({ label: Type.Optional(Type.String()), key: Type.Optional(Type.String()) }),
              Type.Null(),
            ]),
          ),
          response: {
            200: Type.Object({
              ...Success,
              message: Type.String(),
              event_id: Type.String(),
              timestamp: Type.Number({ description: 'Seconds since 1970' }),
            }),
          },
        },
      },
      async (request) => {
        const principal = principalOf(request)
        const target = doorOf(parts, principal, request.body ?? {})
        const check = () => authorize(principal, 'command', target)
        check()
        const { label, key } = target
        const image = key === undefined ? undefined : parts.hub.directory.pictureForEvent(DOORBELL, { label, key })
        const ring = { type: 'DOORBELL_PRESSED', source: 'doorbell', priority: 'HIGH', ...target, data: {} } as const
        const { event } = await events.append(DOORBELL, ring, { image, check })
        return {
          status: 'success' as const,
          message: 'Doorbell triggered',
          event_id: event.id,
          timestamp: seconds(event.timestamp),
        }
      },
    )
    own.get(
      '/api/status',
      {
        onRequest: guard.require('view'),
        schema: {
          summary: 'Whether the doorbell is there',
          tags,
          response: {
            200: Type.Object({
              status: Type.Literal('online'),
              camera: Type.Union([Type.String(), Type.Null()], { description: 'The default camera, LABEL/KEY' }),
              camera_status: Type.String({ description: 'Its state, or "none"' }),
              timestamp: Type.Number({ description: 'Seconds since 1970' }),
            }),
          },
        },
      },
      (request) => {
        const principal = principalOf(request)
        const camera = cameraOf(parts, principal)
        const isTheirs = camera !== undefined && may(principal, 'view', camera)
        return {
          status: 'online' as const,
          camera: isTheirs ? `${camera.label}/${camera.key}` : null,
          camera_status: isTheirs ? stateOf(parts, principal, camera) : 'none',
          timestamp: seconds(clock.now()),
        }
      },
    )
    own.get(
      '/api/recent-events',
      {
        onRequest: guard.require('view'),
        schema: {
          summary: 'The last twenty events',
          tags,
          response: { 200: Type.Object({ ...Success, events: Type.Array(Type.Unsafe<object>(Type.Object({}))) }) },
        },
      },
      async (request) => {
        const page = await events.read(principalOf(request), { limit: 20, asker: guard.holderOf(request) })
        return { status: 'success' as const, events: page.events.map(doorbellEvent) }
      },
    )
    own.get(
      '/api/capture-photo',
      {
        onRequest: guard.require('view'),
        schema: {
          summary: 'The newest picture of the default camera',
          tags,
          response: { 200: Type.Object({ ...Success, image_data: Type.String({ description: 'A data: URL' }) }) },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request)
        const camera = cameraOf(parts, principal)
        if (!camera) throw new Refusal('unavailable', 'There is no camera.')
        const gone = new AbortController()
        reply.raw.on('close', () => gone.abort())
        const frame = await snapshot(parts.snapshots, principal, { stream: camera }, gone.signal)
        if (!frame) throw new Refusal('unavailable', 'There is no picture.')
        const { mediaType, bytes } = frame.payload
        return { status: 'success' as const, image_data: `data:${mediaType};base64,${toBase64(bytes)}` }
      },
    )
  })
}

/** It publishes on behalf of whoever may give the command. */
const DOORBELL = systemPrincipal('the doorbell', [{ actions: ['publish'], scope: ALL }])

/** What rings: what the caller names or, without a name, the default camera. @throws Refusal `invalid` */
function doorOf(
  parts: DoorbellRouteParts,
  principal: Principal,
  { label, key }: { readonly label?: string; readonly key?: string },
): { label: string; key?: string } {
  if (label === undefined) return cameraOf(parts, principal) ?? { label: 'doorbell' }
  return { label: checkName('label', label), ...(key !== undefined && { key: checkName('key', key) }) }
}

/** The default camera; undefined if there is none that the principal may see. */
function cameraOf({ camera, hub }: DoorbellRouteParts, principal: Principal): StreamName | undefined {
  if (camera) return camera
  const [first] = hub.directory.list(principal)
  return first && { label: first.label, key: first.key }
}

function stateOf({ hub }: DoorbellRouteParts, principal: Principal, camera: StreamName): string {
  try {
    return hub.directory.condition(principal, camera).state
  } catch (error) {
    if (error instanceof Refusal) return 'none'
    throw error
  }
}

function answerError(
  note: NoteRefusal,
  error: FastifyError | Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { message } = error
  if (error instanceof Refusal) {
    note(request, error)
    if (error.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer')
    if (error.retryAfter !== undefined) reply.header('retry-after', Math.ceil(error.retryAfter))
    return reply.code(statusOf(error.code)).send({ status: 'error', message, detail: message })
  }
  if (error.validation) return reply.code(422).send({ status: 'error', message, detail: message })
  throw error
}

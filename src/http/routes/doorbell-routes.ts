import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { toBase64 } from '../../core/base64.ts'
import type { Clock } from '../../core/clock.ts'
import type { Commands } from '../../core/commands.ts'
import type { DefaultCamera } from '../../core/default-camera.ts'
import { Refusal } from '../../core/errors.ts'
import type { EventLog } from '../../core/event-log.ts'
import { type SnapshotParts, snapshot } from '../../sinks/snapshot.ts'
import { doorbellEvent, seconds } from '../../wire/doorbell-event.ts'
import type { App } from '../transport/app.ts'
import { type NoteRefusal, statusOf } from '../transport/error-handler.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'
import { commandCallOf } from './command-call.ts'

/** What the doorbell's routes need. */
export interface DoorbellRouteParts {
  readonly guard: RequestGuard
  readonly events: EventLog
  readonly commands: Commands
  readonly clock: Clock
  readonly noteRefusal: NoteRefusal
  readonly snapshots: SnapshotParts
  readonly camera: DefaultCamera
}

const tags = ['events']
const Success = { status: Type.Literal('success') }

/** The doorbell's REST routes, below `/api`. */
export async function doorbellRoutes(app: App, parts: DoorbellRouteParts): Promise<void> {
  const { guard, events, commands, clock, camera } = parts
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
              event_id: Type.Optional(Type.String()),
              receipt: Type.Optional(
                Type.String({ description: 'Given instead of the id while the event waits for the log' }),
              ),
              timestamp: Type.Number({ description: 'Seconds since 1970' }),
            }),
          },
        },
      },
      async (request, reply) => {
        const { label, key } = request.body ?? {}
        const params = { ...(label !== undefined && { label }), ...(key !== undefined && { key }) }
        const { event_id, receipt, timestamp } = await commands.run(
          'trigger_doorbell',
          params,
          commandCallOf(guard, request, reply),
        )
        return {
          status: 'success' as const,
          message: 'Doorbell triggered',
          ...(event_id === undefined ? { receipt: String(receipt) } : { event_id: String(event_id) }),
          timestamp: Number(timestamp),
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
      (request) => ({
        status: 'online' as const,
        ...camera.statusFor(principalOf(request)),
        timestamp: seconds(clock.now()),
      }),
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
        const { basePath } = request
        const page = await events.read(principalOf(request), { limit: 20, asker: guard.holderOf(request) })
        return { status: 'success' as const, events: page.events.map((event) => doorbellEvent(event, basePath)) }
      },
    )
    own.get(
      '/api/capture-photo',
      {
        onRequest: guard.require('view'),
        schema: {
          summary: 'The newest picture of the default camera',
          description: 'A JPEG, upright; as it was sent if it is one already.',
          tags,
          response: { 200: Type.Object({ ...Success, image_data: Type.String({ description: 'A data: URL' }) }) },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request)
        const stream = camera.of(principal)
        if (!stream) throw new Refusal('unavailable', 'There is no camera.')
        const gone = new AbortController()
        reply.raw.on('close', () => gone.abort())
        const { client } = guard.holderOf(request)
        const wanted = { client, stream, picture: { onlyJpeg: true } }
        const frame = await snapshot(parts.snapshots, principal, wanted, gone.signal)
        if (!frame) throw new Refusal('unavailable', 'There is no picture.')
        const { mediaType, bytes } = frame.payload
        return { status: 'success' as const, image_data: `data:${mediaType};base64,${toBase64(bytes)}` }
      },
    )
  })
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

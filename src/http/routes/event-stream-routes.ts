import { randomUUID } from 'node:crypto'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { every } from '../../core/clock.ts'
import type { Connection } from '../../core/connection.ts'
import { Refusal } from '../../core/errors.ts'
import { hasPriority } from '../../core/principal.ts'
import { PRIVILEGED } from '../../core/quota-client.ts'
import { checkName } from '../../core/stream-name.ts'
import type { EventStreams, EventStreamsParts } from '../../sinks/event-streams.ts'
import { doorbellMessage, seconds } from '../../wire/doorbell-event.ts'
import { encodeServerSentEvent } from '../../wire/event-stream.ts'
import type { App } from '../transport/app.ts'
import { type NoteRefusal, statusOf } from '../transport/error-handler.ts'
import type { OpenResponse } from '../transport/long-response.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'
import { EventFilterQuery, eventFilterOf } from './event-query.ts'

/** What the routes of event streams need; durations in ms. */
export interface EventStreamRouteParts extends Pick<EventStreamsParts, 'clock' | 'retry'> {
  readonly streams: EventStreams
  readonly guard: RequestGuard
  readonly openResponse: OpenResponse
  readonly noteRefusal: NoteRefusal
  readonly statusInterval: number
  /** How long a client waits before it connects again, where a limit was reached. */
  readonly fullRetry: number
}

const HEADERS = {
  'content-type': 'text/event-stream',
  // No proxy may keep it, change it (by compressing) or hold it back until it is full.
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  // Nothing in it is a page. A short one, as each response keeps its head for as long as it is open.
  'content-security-policy': "default-src 'none'",
}

const StreamResponse = {
  200: {
    description: 'An event stream; where a limit is reached it says so, and ends',
    content: { 'text/event-stream': { schema: Type.Unsafe<Buffer | string>(Type.String()) } },
  },
}

const tags = ['events']

/** The doorbell's event streams (server-sent events): `/stream/events` and `/stream/system-status`. */
export async function eventStreamRoutes(app: App, parts: EventStreamRouteParts): Promise<void> {
  const { guard, clock, openResponse, streams } = parts
  await app.register(async (own: App) => {
    own.setErrorHandler((error: FastifyError | Refusal, request, reply) => answerError(parts, error, request, reply))
    own.get(
      '/stream/events',
      {
        onRequest: guard.require('view'),
        schema: {
          summary: 'What happens, as it happens',
          description:
            'Server-sent events: `connected`, `gap` if some are missing, `event`, `heartbeat`, `error`. A new client gets the newest that are kept; one that comes again goes on exactly where it was.',
          tags,
          querystring: Type.Object({
            client_id: Type.Optional(Type.String({ description: 'A name of the client’s own choice' })),
            last_event_id: Type.Optional(Type.String({ description: 'As the header `Last-Event-ID`' })),
            ...EventFilterQuery,
            token: Type.Optional(Type.String()),
          }),
          response: StreamResponse,
        },
      },
      (request, reply) => {
        const { client_id, last_event_id, ...filter } = request.query
        const header = request.headers['last-event-id']
        const after = typeof header === 'string' && header !== '' ? header : last_event_id
        const principal = principalOf(request)
        const client = guard.connectionsOf(request, principal)
        // Who is on this machine itself has no share either.
        const hasNoShare = client === undefined || hasPriority(principal)
        const reader = {
          principal,
          owner: hasNoShare ? PRIVILEGED : { client, isPrivileged: false },
          clientId: clientIdOf(client_id),
          basePath: request.basePath,
          after: after === undefined || after === '' ? undefined : after.slice(0, LONGEST_ID),
          filter: eventFilterOf(filter),
        }
        openResponse(request, reply, {
          headers: HEADERS,
          farewell,
          visit: (connection) => streams.open(reader, connection),
        })
      },
    )
    own.get(
      '/stream/system-status',
      {
        onRequest: guard.require('view'),
        schema: {
          summary: 'How the server is, every few seconds',
          description: 'Server-sent events: `status_connected`, `system_status`, `error`.',
          tags,
          querystring: Type.Object({
            client_id: Type.Optional(Type.String()),
            token: Type.Optional(Type.String()),
          }),
          response: StreamResponse,
        },
      },
      (request, reply) => {
        const client_id = clientIdOf(request.query.client_id)
        principalOf(request)
        const status = () => ({ timestamp: seconds(clock.now()), ...streams.status })
        openResponse(request, reply, {
          headers: HEADERS,
          farewell,
          visit(connection: Connection) {
            const write = (text: string) => connection.write(Buffer.from(text))
            const sendStatus = () => {
              if (connection.isDrained) write(doorbellMessage('system_status', status()))
            }
            write(encodeServerSentEvent({ retry: parts.retry }))
            write(doorbellMessage('status_connected', { client_id }))
            write(doorbellMessage('system_status', status()))
            connection.listen({ closed: every(clock, parts.statusInterval, sendStatus) })
          },
        })
      },
    )
  })
}

/** Where a limit is reached the client is told when to come again: a browser gives up for good on a 503. */
function answerError(
  { fullRetry, noteRefusal }: EventStreamRouteParts,
  error: FastifyError | Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (!(error instanceof Refusal)) throw error
  noteRefusal(request, error)
  const { code, message } = error
  if (code === 'limited' || code === 'exhausted') {
    request.isRefused = true
    const retry = Math.max(fullRetry, (error.retryAfter ?? 0) * 1000)
    // In one message: some clients know only the `retry` of what they are given.
    const data = JSON.stringify({ error: message })
    return reply.headers(HEADERS).send(Buffer.from(encodeServerSentEvent({ retry, event: 'error', data })))
  }
  if (code === 'unauthenticated') reply.header('www-authenticate', 'Bearer')
  if (code === 'unauthenticated' || code === 'forbidden') return reply.code(401).send({ error: 'Unauthorized' })
  return reply.code(statusOf(code)).send({ error: message, detail: message })
}

function farewell(_cause: unknown, reason: string): Uint8Array {
  return Buffer.from(doorbellMessage('error', { error: reason }))
}

/** @throws Refusal `invalid` */
function clientIdOf(given: string | undefined): string {
  return given === undefined || given === '' ? randomUUID() : checkName('client_id', given)
}

/** An id has at most 33 characters; what is longer is none. */
const LONGEST_ID = 64

import Type from 'typebox'
import type { EventLog } from '../../core/event-log.ts'
import type { LineWebhook } from '../../sources/line-webhook.ts'
import { webhookEvent } from '../../sources/named-webhook.ts'
import type { BodyLimit, ReadBody } from '../../sources/request-body.ts'
import type { App } from '../transport/app.ts'
import { UNCHECKED, withRawBodies } from '../transport/raw-bodies.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'
import { ErrorResponse } from '../transport/response-schemas.ts'

/** What the webhook routes need. */
export interface WebhookRouteParts {
  readonly guard: RequestGuard
  readonly events: EventLog
  readonly line: LineWebhook
  readonly readBody: ReadBody
  /** Of messages of LINE. */
  readonly lineLimit: BodyLimit
  /** Of messages of any other system. */
  readonly bodyLimit: BodyLimit
  /** How many values the JSON of a message may hold. */
  readonly maxValues: number
}

/** `POST /api/webhook` for the messenger LINE, and `POST /api/webhook/{name}` for any other system. */
export async function webhookRoutes(app: App, parts: WebhookRouteParts): Promise<void> {
  const { guard, events, line, readBody } = parts
  const tags = ['webhooks']
  await withRawBodies(app, (own) => {
    // LINE does not send our key; it signs its requests instead.
    own.post(
      '/api/webhook',
      {
        schema: {
          summary: 'Messages of LINE',
          tags,
          body: LineMessage,
          response: { 200: LineAnswer, 207: LineAnswer, 500: Type.Unsafe<object>(ErrorResponse) },
        },
        validatorCompiler: UNCHECKED,
        onRequest: [guard.limitPublic, async (request) => line.checkSigned(request.headers['x-line-signature'])],
      },
      async (request, reply) => {
        const body = await readBody(request, parts.lineLimit)
        const answer = await line.take(body, request.headers['x-line-signature'])
        return reply.code(answer.status).send(answer.body)
      },
    )
    own.post(
      '/api/webhook/:name',
      {
        schema: {
          summary: 'Anything that happened elsewhere, as an event of the type webhook.{name}',
          description: '`label` and `key` in the body, if there are, say what the event belongs to.',
          tags,
          security: [{ key: [] }],
          params: Type.Object({ name: Type.String({ description: '1 to 64 of A-Z a-z 0-9 . _ -' }) }),
          body: Type.Unknown({ description: 'Any JSON' }),
          response: { 200: WebhookAnswer },
        },
        validatorCompiler: UNCHECKED,
        onRequest: guard.require('publish'),
      },
      async (request) => {
        const event = webhookEvent(request.params.name, await readBody(request, parts.bodyLimit), parts.maxValues)
        const { event: appended, isStored } = await events.append(principalOf(request), event)
        const { id, receipt } = appended
        if (id === undefined) return { status: 'ok' as const, receipt }
        return { status: 'ok' as const, id, ...(!isStored && { stored: false as const }) }
      },
    )
  })
}

const WebhookAnswer = Type.Object({
  status: Type.Literal('ok'),
  id: Type.Optional(Type.String({ description: 'Of the event' })),
  receipt: Type.Optional(Type.String({ description: 'Given instead of the id while the event waits for the log' })),
  stored: Type.Optional(
    Type.Literal(false, {
      description: 'Given when the event reached those who are connected, but could not be stored',
    }),
  ),
})

const LineAnswer = Type.Unsafe<object>(
  Type.Object(
    {
      status: Type.String({ description: 'ok, skipped or partial_error' }),
      message: Type.Optional(Type.String()),
      responses: Type.Optional(
        Type.Array(
          Type.Object({
            status: Type.String({ description: 'success or error' }),
            message: Type.Optional(Type.String()),
            target_id: Type.Optional(Type.String()),
          }),
        ),
      ),
    },
    { description: '207: not every answer could be sent' },
  ),
)

const LineMessage = Type.Object({
  events: Type.Array(
    Type.Object({
      type: Type.String(),
      message: Type.Optional(Type.Object({ type: Type.String(), text: Type.Optional(Type.String()) })),
      source: Type.Optional(
        Type.Object({ userId: Type.Optional(Type.String()), groupId: Type.Optional(Type.String()) }),
      ),
      deliveryContext: Type.Optional(Type.Object({ isRedelivery: Type.Boolean() })),
    }),
  ),
})

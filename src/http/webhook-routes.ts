import Type from 'typebox'
import type { EventLog } from '../core/event-log.ts'
import { readBody } from '../sources/body.ts'
import type { LineWebhook } from '../sources/line-webhook.ts'
import { webhookEvent } from '../sources/named-webhook.ts'
import type { Admit } from './admission.ts'
import { admitFirst } from './admitted.ts'
import type { App } from './app.ts'
import { UNCHECKED, withRawBodies } from './raw-bodies.ts'

/** What the webhooks need. */
export interface WebhookRouteParts {
  readonly admit: Admit
  readonly events: EventLog
  readonly line: LineWebhook
  /** The largest message, in bytes. */
  readonly maxBytes: number
}

/** `POST /api/webhook`, where LINE reports, and `POST /api/webhook/{name}` for everybody else. */
export async function webhookRoutes(app: App, { admit, events, line, maxBytes }: WebhookRouteParts): Promise<void> {
  const publisher = admitFirst(admit, 'publish')
  const tags = ['webhooks']
  await withRawBodies(app, (own) => {
    // LINE has no key of ours; it signs what it sends.
    own.post(
      '/api/webhook',
      { schema: { summary: 'Messages of LINE', tags, body: LineMessage }, validatorCompiler: UNCHECKED },
      async (request, reply) => {
        const body = await readBody(request.raw, maxBytes)
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
          response: { 200: Type.Object({ status: Type.Literal('ok'), id: Type.String() }) },
        },
        validatorCompiler: UNCHECKED,
        onRequest: publisher.onRequest,
      },
      async (request) => {
        const principal = await publisher.principalOf(request)
        const event = webhookEvent(request.params.name, await readBody(request.raw, maxBytes))
        const { id } = await events.append(principal, event)
        return { status: 'ok' as const, id }
      },
    )
  })
}

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

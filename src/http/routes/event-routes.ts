import { Readable } from 'node:stream'
import Type from 'typebox'
import { Refusal } from '../../core/errors.ts'
import { type EventInput, PRIORITIES } from '../../core/event.ts'
import type { EventLog } from '../../core/event-log.ts'
import type { Json } from '../../core/json.ts'
import type { EncodedImage } from '../../core/payload.ts'
import type { Principal } from '../../core/principal.ts'
import { checkName, type StreamName } from '../../core/stream-name.ts'
import { eventIdOf, priorityOf } from '../../wire/event-fields.ts'
import { acknowledgementJson, eventJson, eventPicturePath } from '../../wire/event-json.ts'
import { jsonFields } from '../../wire/json-fields.ts'
import type { App } from '../transport/app.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'
import { PictureResponse } from '../transport/response-schemas.ts'
import { EventFilterQuery, eventFilterOf } from './event-query.ts'

/** What the event routes need. */
export interface EventRouteParts {
  readonly guard: Pick<RequestGuard, 'require' | 'requireUncounted' | 'holderOf'>
  readonly events: EventLog
  /**
   * The picture of a stream for an event about it, if there is one.
   * @throws Refusal `forbidden` if the principal may not publish the stream
   */
  readonly pictureOf: (principal: Principal, stream: StreamName) => EncodedImage | undefined
}

const Acknowledged = Type.Object({
  by: Type.Optional(Type.String({ description: 'Who took note of it; share links and visitors learn no names' })),
  at: Type.Number({ description: 'ms since 1970' }),
})

const EventSchema = Type.Object({
  id: Type.String(),
  type: Type.String(),
  timestamp: Type.Number({ description: 'ms since 1970' }),
  source: Type.String(),
  priority: Type.Enum([...PRIORITIES]),
  label: Type.Optional(Type.String()),
  key: Type.Optional(Type.String()),
  data: Type.Unknown({ description: 'Any JSON' }),
  acknowledged: Type.Optional(Acknowledged),
  picture: Type.Optional(Type.String({ description: 'The path of its picture, on this host' })),
  receipt: Type.Optional(Type.String({ description: 'What it was known by before it was in the log' })),
})

const tags = ['events']

/** What the routes that show one event share. */
const ofOneEvent = {
  tags,
  params: Type.Object({ id: Type.String() }),
  querystring: Type.Object({ token: Type.Optional(Type.String()) }),
}

/** The event log: `GET` and `POST /events`, one event, its picture, and taking note of it. */
export function eventRoutes(app: App, { guard, events, pictureOf }: EventRouteParts): void {
  app.get(
    '/events',
    {
      onRequest: guard.require('view'),
      schema: {
        summary: 'What happened',
        description:
          'Without `after` the newest events that are kept, with it the oldest that came after that one; in both cases in their order. `gap` says that some may be missing: after `missed_from`, up to `missed_to`. `position` is how far was looked: give it as the next `after`, with `epoch`, to go on exactly there.',
        tags,
        querystring: Type.Object({
          after: Type.Optional(Type.String({ description: 'The id of the last event that was seen, or a `position`' })),
          before: Type.Optional(Type.String({ description: 'Only what was before this event' })),
          epoch: Type.Optional(Type.String({ description: 'The `epoch` that came with the position' })),
          ...EventFilterQuery,
          limit: Type.Optional(Type.Integer({ minimum: 1, description: 'How many at most' })),
          token: Type.Optional(Type.String()),
        }),
        response: {
          200: Type.Object({
            events: Type.Array(EventSchema),
            gap: Type.Optional(Type.Object({ missed_from: Type.String(), missed_to: Type.String() })),
            position: Type.String(),
            epoch: Type.String({ description: 'Identifies the log: one that begins anew has another' }),
            has_more: Type.Boolean({ description: 'Whether there are more already' }),
          }),
        },
      },
    },
    async (request) => {
      const { after, before, epoch, limit, ...filter } = request.query
      const page = await events.read(principalOf(request), {
        after: after === undefined ? undefined : eventIdOf('after', after),
        before: before === undefined ? undefined : eventIdOf('before', before),
        epoch: epoch === undefined ? undefined : eventIdOf('epoch', epoch),
        filter: eventFilterOf(filter),
        limit,
        asker: guard.holderOf(request),
      })
      return {
        events: page.events.map((event) => eventJson(event, request.basePath)),
        ...(page.gap && { gap: page.gap }),
        position: page.position,
        epoch: page.epoch,
        has_more: page.hasMore,
      }
    },
  )
  app.post(
    '/events',
    {
      onRequest: guard.requireUncounted('publish'),
      schema: {
        summary: 'Something happened',
        description: 'Answered once the event is safe: then neither a crash nor a power failure loses it.',
        tags,
        security: [{ key: [] }],
        body: Type.Object({
          type: Type.String({ description: 'DOORBELL_PRESSED, door.opened …' }),
          source: Type.Optional(Type.String({ description: 'Where it came from, for people; default: who sent it' })),
          priority: Type.Optional(Type.String({ description: 'LOW, NORMAL, HIGH or CRITICAL; default: NORMAL' })),
          label: Type.Optional(Type.String({ description: 'What it belongs to; who may view that sees the event' })),
          key: Type.Optional(Type.String({ description: 'The camera or instrument of the label' })),
          data: Type.Optional(Type.Unknown({ description: 'Any JSON' })),
          snapshot: Type.Optional(
            Type.Boolean({ description: 'Whether the event gets the newest picture of its stream, if that is live' }),
          ),
        }),
        response: {
          200: Type.Object({
            id: Type.String(),
            timestamp: Type.Number({ description: 'ms since 1970' }),
            picture: Type.Optional(Type.String({ description: 'The path of its picture' })),
          }),
          202: Type.Object(
            {
              id: Type.Optional(Type.String()),
              receipt: Type.Optional(
                Type.String({ description: 'What it is known by until it is in the log and has its id' }),
              ),
              timestamp: Type.Number(),
              stored: Type.Boolean({ description: 'Whether it is safe on this node, and waits for the log' }),
              detail: Type.String({ description: 'Why' }),
            },
            { description: 'It reached those who are connected here, but could not be put into the log' },
          ),
        },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const input = eventOf(request.body, request.jsonText, principal.name)
      const image = request.body.snapshot ? pictureOf(principal, streamOf(input)) : undefined
      const { event, isStored } = await events.append(principal, input, { image })
      const { id, receipt, timestamp, picture } = event
      if (isStored && id !== undefined)
        return reply.send({ id, timestamp, ...(picture && { picture: request.basePath + eventPicturePath(id) }) })
      const health = events.health()
      const missed = isStored ? 'The event waits for the log.' : 'The event could not be stored.'
      const detail = health.isHealthy ? missed : health.reason
      const name = id === undefined ? { receipt } : { id }
      return reply.code(202).send({ ...name, timestamp, stored: isStored, detail })
    },
  )
  app.get(
    '/events/:id',
    {
      onRequest: guard.require('view'),
      schema: {
        summary: 'One event',
        ...ofOneEvent,
        response: { 200: EventSchema },
      },
    },
    async (request) =>
      eventJson(await events.find(principalOf(request), eventIdOf('id', request.params.id)), request.basePath),
  )
  app.get(
    '/events/:id/picture',
    {
      onRequest: guard.require('view'),
      schema: {
        summary: 'The picture of an event',
        ...ofOneEvent,
        response: { 200: PictureResponse },
      },
    },
    async (request, reply) => {
      const { mediaType, size, read } = await events.picture(principalOf(request), eventIdOf('id', request.params.id))
      return reply
        .header('content-length', size)
        .type(mediaType)
        .send(Readable.from(read(), { objectMode: false }))
    },
  )
  app.post(
    '/events/:id/ack',
    {
      onRequest: guard.require('acknowledge'),
      schema: {
        summary: 'Take note of an event',
        description: 'Only the first time counts; after that the answer says who did.',
        tags,
        security: [{ key: [] }],
        params: Type.Object({ id: Type.String() }),
        response: { 200: Type.Object({ id: Type.String(), acknowledged: Acknowledged }) },
      },
    },
    async (request) => {
      const { id, acknowledged } = await events.acknowledge(principalOf(request), eventIdOf('id', request.params.id))
      if (!acknowledged) throw new Error(`the event ${id} was not acknowledged`)
      return { id, acknowledged: acknowledgementJson(acknowledged) }
    },
  )
}

interface EventBody {
  readonly type: string
  readonly source?: string
  readonly priority?: string
  readonly label?: string
  readonly key?: string
  readonly data?: unknown
}

/** @throws Refusal `invalid` */
function eventOf(body: EventBody, text: string | undefined, sender: string): EventInput {
  const { type, source, priority, label, key, data = {} } = body
  if (key !== undefined && label === undefined) throw new Refusal('invalid', 'key: only together with a label')
  return {
    type: checkName('type', type),
    source: source === undefined ? sender : checkName('source', source),
    priority: priority === undefined ? undefined : priorityOf('priority', priority),
    label: label === undefined ? undefined : checkName('label', label),
    key: key === undefined ? undefined : checkName('key', key),
    // The body was parsed from JSON.
    data: data as Json,
    dataText: text === undefined ? undefined : jsonFields(text).get('data'),
  }
}

/** The stream whose picture an event is to have. @throws Refusal `invalid` */
function streamOf({ label, key }: EventInput): StreamName {
  if (label === undefined || key === undefined)
    throw new Refusal('invalid', 'snapshot: only together with a label and a key')
  return { label, key }
}

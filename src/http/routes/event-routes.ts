import Type from 'typebox'
import { Refusal } from '../../core/errors.ts'
import { type LoggedEvent, PRIORITIES } from '../../core/event.ts'
import type { EventLog } from '../../core/event-log.ts'
import { isFrameId } from '../../core/frame-id.ts'
import type { App } from '../transport/app.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** What the event routes need. */
export interface EventRouteParts {
  readonly guard: Pick<RequestGuard, 'require'>
  readonly events: EventLog
}

const EventSchema = Type.Object({
  id: Type.String(),
  type: Type.String(),
  timestamp: Type.Number({ description: 'ms since 1970' }),
  source: Type.String(),
  priority: Type.Enum([...PRIORITIES]),
  label: Type.Optional(Type.String()),
  key: Type.Optional(Type.String()),
  data: Type.Unknown({ description: 'Any JSON' }),
})

/** `GET /events`: a page of the event log, filtered by what the principal may view. */
export function eventRoutes(app: App, { guard, events }: EventRouteParts): void {
  app.get(
    '/events',
    {
      onRequest: guard.require('view'),
      schema: {
        summary: 'What happened',
        description:
          'Without `after` the newest events that are kept, with it the oldest that came after that one; in both cases in their order. `gap` says that some may be missing: after `missed_from`, up to `missed_to`.',
        tags: ['events'],
        querystring: Type.Object({
          after: Type.Optional(Type.String({ description: 'The id of the last event that was seen' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, description: 'How many at most' })),
          token: Type.Optional(Type.String()),
        }),
        response: {
          200: Type.Object({
            events: Type.Array(EventSchema),
            gap: Type.Optional(Type.Object({ missed_from: Type.String(), missed_to: Type.String() })),
          }),
        },
      },
    },
    async (request) => {
      const { after, limit } = request.query
      if (after !== undefined && !isFrameId(after))
        throw new Refusal('invalid', 'after: must be the id of an event, such as 1800000000000-0')
      const page = await events.read(principalOf(request), { after, limit })
      return { events: page.events.map(describe), ...(page.gap && { gap: page.gap }) }
    },
  )
}

/** Field by field: what the log keeps for itself, such as who may see an event, is nobody's business. */
function describe({ id, type, timestamp, source, priority, label, key, data }: LoggedEvent) {
  return {
    id,
    type,
    timestamp,
    source,
    priority,
    ...(label !== undefined && { label }),
    ...(key !== undefined && { key }),
    data,
  }
}

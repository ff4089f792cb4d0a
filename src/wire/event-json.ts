import type { Acknowledgement, EventId, LoggedEvent, Priority } from '../core/event.ts'
import type { Json } from '../core/json.ts'

/** An event as JSON, as REST, `/ws/live` and the SDK have it. Times are ms since 1970. */
export interface EventJson {
  readonly id: EventId
  readonly type: string
  readonly timestamp: number
  readonly source: string
  readonly priority: Priority
  readonly label?: string
  readonly key?: string
  readonly data: Json
  /** Without a name for share links and visitors. */
  readonly acknowledged?: { readonly by?: string; readonly at: number }
  /** The path of its picture on the server, if it has one. */
  readonly picture?: string
}

/** Field by field: what the log keeps for itself, such as who published an event, is nobody's business. */
export function eventJson(event: LoggedEvent): EventJson {
  const { id, type, timestamp, source, priority, label, key, data, acknowledged, picture } = event
  return {
    id,
    type,
    timestamp,
    source,
    priority,
    ...(label !== undefined && { label }),
    ...(key !== undefined && { key }),
    data,
    ...(acknowledged && { acknowledged: acknowledgementJson(acknowledged) }),
    ...(picture && { picture: eventPicturePath(event) }),
  }
}

/** Who has taken note of an event, as JSON. */
export function acknowledgementJson({ by, at }: Acknowledgement): NonNullable<EventJson['acknowledged']> {
  return { ...(by !== undefined && { by }), at }
}

/** Where the picture of an event is: "/events/1800000000000-0/picture". */
export function eventPicturePath({ id }: Pick<LoggedEvent, 'id'>): string {
  return `/events/${id}/picture`
}

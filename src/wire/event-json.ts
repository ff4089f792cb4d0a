import type { Acknowledgement, EventId, LoggedEvent, NewEvent, Priority, SpooledEvent } from '../core/event.ts'
import type { Json } from '../core/json.ts'
import { asSent, type JsonText } from './json-text.ts'

/** What the JSON of all events has. Times are ms since 1970. */
interface EventFields {
  readonly type: string
  readonly timestamp: number
  readonly source: string
  readonly priority: Priority
  readonly label?: string
  readonly key?: string
  readonly data: Json
}

/** An event as JSON, as REST, `/ws/live` and the SDK have it. */
export interface EventJson extends EventFields {
  readonly id: EventId
  /** Where nodes share the log: what it was known by before it had its id, see `SpooledEventJson`. */
  readonly receipt?: string
  /** Without a name for share links and visitors. */
  readonly acknowledged?: { readonly by?: string; readonly at: number }
  /** The path of its picture on the server's host, if it has one. */
  readonly picture?: string
}

/** An event that waits for the log: it is shown without an id, and may come once more with one. */
export interface SpooledEventJson extends EventFields {
  readonly id?: undefined
  /** The same as that of the event that has its id. */
  readonly receipt: string
}

/** An event with its data as it was sent, for `writeJson`. */
type Sent<Event> = Omit<Event, 'data'> & { readonly data: Json | JsonText }

/** An event of the log as JSON. @param basePath what paths of ours begin with, as its client sees them (`BasePaths.of`) */
export function eventJson(event: LoggedEvent, basePath: string): Sent<EventJson> {
  const { id, receipt, acknowledged, picture } = event
  return {
    id,
    ...fieldsOf(event),
    ...(acknowledged && { acknowledged: acknowledgementJson(acknowledged) }),
    ...(picture && { picture: basePath + eventPicturePath(id) }),
    ...(receipt !== undefined && { receipt }),
  }
}

/** An event that waits for the log, as JSON. */
export function spooledEventJson(event: SpooledEvent): Sent<SpooledEventJson> {
  return { ...fieldsOf(event), receipt: event.receipt }
}

/** Field by field: what the log keeps for itself, such as who published an event, is nobody's business. */
function fieldsOf({ type, timestamp, source, priority, label, key, data, dataText }: NewEvent): Sent<EventFields> {
  return {
    type,
    timestamp,
    source,
    priority,
    ...(label !== undefined && { label }),
    ...(key !== undefined && { key }),
    data: asSent(data, dataText),
  }
}

/** Who has taken note of an event, as JSON. */
export function acknowledgementJson({ by, at }: Acknowledgement): NonNullable<EventJson['acknowledged']> {
  return { ...(by !== undefined && { by }), at }
}

/** Where the picture of an event is: "/events/1800000000000-0/picture". */
export function eventPicturePath(id: EventId): string {
  return `/events/${id}/picture`
}

import type { LoggedEvent, SpooledEvent } from './event.ts'
import type { EventPage } from './event-store.ts'
import type { Json } from './json.ts'
import type { Principal } from './principal.ts'
import { isStreamReport } from './stream-report.ts'

/** Who reads. */
type Reader = Pick<Principal, 'kind' | 'isPicturesOnly'>

/**
 * An event as a principal gets it. Whoever came by a share link or without signing in sees that somebody has taken note
 * of it and when, but not the name; who sees pictures only, no data but what the server itself says of a stream.
 */
export function eventFor(reader: Reader, event: LoggedEvent): LoggedEvent {
  const { acknowledged } = event
  const shown = withDataFor(reader, event)
  return !acknowledged || learnsNames(reader) ? shown : { ...shown, acknowledged: { at: acknowledged.at } }
}

/** A page of events as a principal gets it. */
export function pageFor(reader: Reader, page: EventPage): EventPage {
  if (learnsNames(reader) && !reader.isPicturesOnly) return page
  const { events, spooled } = page
  const shown = events.map((event) => eventFor(reader, event))
  if (!spooled) return { ...page, events: shown }
  const waiting = spooled.events.map((event) => withDataFor(reader, event))
  return { ...page, events: shown, spooled: { ...spooled, events: waiting } }
}

function learnsNames({ kind }: Reader): boolean {
  return kind !== 'link' && kind !== 'anonymous'
}

/** States and warnings of streams are shown with their pictures, and so is what the server reports of them. */
function withDataFor<Event extends LoggedEvent | SpooledEvent>({ isPicturesOnly }: Reader, event: Event): Event {
  if (!isPicturesOnly) return event
  // Whoever publishes an event may call itself as the server does.
  return { ...event, data: isStreamReport(event) ? reportedIn(event.data) : {}, dataText: undefined }
}

/** What `StreamReporter` says, and nothing that somebody has added. */
function reportedIn(data: Json): Json {
  if (typeof data !== 'object' || data === null) return {}
  return Object.fromEntries(Object.entries(data).filter(([name]) => name === 'reason' || name === 'warning'))
}

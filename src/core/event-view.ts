import type { LoggedEvent, SpooledEvent } from './event.ts'
import type { EventPage } from './event-store.ts'
import type { Principal } from './principal.ts'

/** Who reads. */
type Reader = Pick<Principal, 'kind' | 'isPicturesOnly'>

/**
 * An event as a principal gets it. Whoever came by a share link or without signing in sees that somebody has taken note
 * of it and when, but not the name; who sees pictures only, no data but that of what the server itself reports.
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

/** The server reports states and warnings of streams, which are shown with the pictures. */
function withDataFor<Event extends LoggedEvent | SpooledEvent>({ isPicturesOnly }: Reader, event: Event): Event {
  if (!isPicturesOnly || event.source === 'server') return event
  return { ...event, data: {}, dataText: undefined }
}

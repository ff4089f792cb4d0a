import type { LoggedEvent } from './event.ts'
import type { EventPage } from './event-store.ts'
import type { Principal } from './principal.ts'

/** Who reads. */
type Reader = Pick<Principal, 'kind'>

/**
 * An event as a principal gets it. Whoever came by a share link or without signing in sees that somebody has taken note
 * of it and when, but not the name.
 */
export function eventFor(reader: Reader, event: LoggedEvent): LoggedEvent {
  const { acknowledged } = event
  return !acknowledged || learnsNames(reader) ? event : { ...event, acknowledged: { at: acknowledged.at } }
}

/** A page of events as a principal gets it. */
export function pageFor(reader: Reader, page: EventPage): EventPage {
  return learnsNames(reader) ? page : { ...page, events: page.events.map((event) => eventFor(reader, event)) }
}

function learnsNames({ kind }: Reader): boolean {
  return kind !== 'link' && kind !== 'anonymous'
}

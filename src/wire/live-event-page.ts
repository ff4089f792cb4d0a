import type { EventPage } from '../core/event-store.ts'
import { EventEncoding } from './event-encoding.ts'
import { eventJson, spooledEventJson } from './event-json.ts'
import { writeJson } from './json-text.ts'
import type { LiveEventPage } from './live-messages.ts'

/**
 * Encodes a page of events as `LiveEventPage` messages: usually one; several if it is large, so that a client on a slow
 * link hears something while it arrives. Each can be resumed from.
 * @param id that of the `follow`
 * @param most how long a message may be, in characters, unless a single event is longer
 * @param basePath as for `eventJson`
 */
export function liveEventPages(id: number, page: EventPage, most: number, basePath: string): string[] {
  const { epoch, position, gap, events, spooled } = page
  const messages: string[] = []
  let texts: string[] = []
  let length = 0
  const end = (at: EventPage['position']) => {
    const isFirst = messages.length === 0
    const head: Omit<LiveEventPage, 'events'> = { type: 'events', id, epoch, position: at, ...(isFirst && { gap }) }
    messages.push(`${JSON.stringify(head).slice(0, -1)},"events":[${texts.join()}]}`)
    texts = []
    length = 0
  }
  let last = position
  for (const event of spooled ? [...events, ...spooled.events] : events) {
    const text = TEXTS.of(event, basePath)
    if (texts.length > 0 && length + text.length > most - HEAD_LENGTH) end(last)
    texts.push(text)
    length += text.length + 1
    last = event.id ?? position
  }
  end(position)
  return messages
}

const TEXTS = new EventEncoding((event, basePath) =>
  writeJson(event.id === undefined ? spooledEventJson(event) : eventJson(event, basePath)),
)

/** The most that a message takes besides its events: five ids of at most 33 characters, and the names of the fields. */
const HEAD_LENGTH = 300

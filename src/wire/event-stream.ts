/*
 * Server-sent events (SSE, `text/event-stream`): https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

/** One message of an event stream. */
export interface ServerSentEvent {
  /** The event's type, which decides who listens to it; without it "message". */
  readonly event?: string | undefined
  /** Where the client goes on when it reconnects (`Last-Event-ID`). */
  readonly id?: string | undefined
  /** How long the client waits before it reconnects, ms. */
  readonly retry?: number | undefined
  /** May have several lines. A message without it only sets `id` and `retry`. */
  readonly data?: string | undefined
}

/**
 * Encodes a message.
 * @throws RangeError for a line break in `event` or `id`, or a NUL in `id`, which would begin another field or make the
 *   client forget its place
 */
export function encodeServerSentEvent({ event, id, retry, data }: ServerSentEvent): string {
  if (event !== undefined && LINE_BREAK.test(event)) throw new RangeError('the type of an event has one line')
  if (id !== undefined && (LINE_BREAK.test(id) || id.includes('\0')))
    throw new RangeError('the id of an event has one line, without NUL')
  let text = ''
  if (retry !== undefined) text += `retry: ${retry}\n`
  if (id !== undefined) text += `id: ${id}\n`
  if (event !== undefined) text += `event: ${event}\n`
  // A lone CR ends a line as well: what follows would be taken for a field.
  if (data !== undefined) for (const line of data.split(LINE_BREAK)) text += `data: ${line}\n`
  return `${text}\n`
}

const LINE_BREAK = /\r\n|\r|\n/

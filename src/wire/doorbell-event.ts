import type { ShownEvent } from '../core/event.ts'
import { eventPicturePath } from './event-json.ts'
import { encodeServerSentEvent } from './event-stream.ts'
import { asSent, writeJson } from './json-text.ts'

/*
 * Events as the doorbell's clients know them: types in upper case, times in seconds since 1970 as floats.
 */

/** An event in the doorbell's words. */
export interface DoorbellEvent {
  /** Left out while it waits for the log; it has a receipt then. */
  readonly event_id?: string
  /** In upper case. */
  readonly event_type: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly source: string
  readonly priority: string
  readonly data: unknown
  readonly label?: string
  readonly key?: string
  /** The path of its picture on the server's host, if it has one. */
  readonly picture?: string
  /** Where nodes share the log: the same before and after the event has its id. */
  readonly receipt?: string
}

/** An event in the doorbell's words. @param basePath as for `eventJson` */
export function doorbellEvent(event: ShownEvent, basePath: string): DoorbellEvent {
  const { id, type, timestamp, source, priority, data, dataText, label, key, picture, receipt } = event
  return {
    ...(id !== undefined && { event_id: id }),
    event_type: type.toUpperCase(),
    timestamp: seconds(timestamp),
    source,
    priority,
    data: asSent(data, dataText),
    ...(label !== undefined && { label }),
    ...(key !== undefined && { key }),
    ...(picture && id !== undefined && { picture: basePath + eventPicturePath(id) }),
    ...(receipt !== undefined && { receipt }),
  }
}

/** A time of ours (ms) in seconds, as Python's `time.time()`. */
export function seconds(ms: number): number {
  return ms / 1000
}

/** One message of the doorbell's event streams. @param id only for events of the log: where a client goes on */
export function doorbellMessage(event: string, data: object, id?: string): string {
  return encodeServerSentEvent({ id, event, data: writeJson(data) })
}

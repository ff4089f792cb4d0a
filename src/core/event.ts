import { type GrantHolder, may } from './authorization.ts'
import type { FrameId } from './frame-id.ts'
import { type Json, weightOfJson, weightOfText } from './json.ts'
import type { ImageType } from './payload.ts'

/** How urgent an event is, from the lowest. */
export const PRIORITIES = ['LOW', 'NORMAL', 'HIGH', 'CRITICAL'] as const

/** How urgent an event is. */
export type Priority = (typeof PRIORITIES)[number]

/** The id of an event, in the same format as frame ids; ascending within the log. */
export type EventId = FrameId

/** Something that happened. Its label and key say what it belongs to, and therefore who may see it. */
export interface EventInput {
  /** "webhook.gate", "DOORBELL_PRESSED" … */
  readonly type: string
  /** Where it came from, for people: "webhook", "front door". */
  readonly source: string
  /** NORMAL by default. */
  readonly priority?: Priority | undefined
  /** Without a label, only those who may view all labels see the event. */
  readonly label?: string | undefined
  /** Only together with a label. */
  readonly key?: string | undefined
  /** The permission needed to see it: `view` by default, `administer` for admins only. */
  readonly needs?: 'view' | 'administer' | undefined
  readonly data: Json
  /** The JSON that the data was sent as, which is what is passed on: numbers in `data` are rounded to doubles. */
  readonly dataText?: string | undefined
}

/**
 * A change of a stream that each server sees by itself which shows it. A log that servers share gets it once: from whoever
 * says it first and is not behind what is known.
 */
export interface ObservedChange {
  /** What of the stream has changed: '' is its state, else the name of a warning. */
  readonly of: string
  readonly to: 'live' | 'stale' | 'offline' | 'raised' | 'cleared'
  /**
   * How long before the event's `timestamp` that was seen which the change follows from, ms: the last frame, or the last
   * one with the warning. 0 for what is known otherwise.
   */
  readonly age: number
}

/** An event before it is stored and gets its id. */
export interface NewEvent extends EventInput {
  /** ms since 1970, by this server's clock. */
  readonly timestamp: number
  readonly priority: Priority
  /** Who published it: the id of the principal; undefined for those with priority, who count together. */
  readonly publisher?: string | undefined
  /** The picture of its stream at that moment, if it has one and it could be stored. */
  readonly picture?: EventPicture | undefined
  /** Set if other servers may report the same; such an event has a label and a key. */
  readonly change?: ObservedChange | undefined
}

/** Which picture of an `EventPictures` store belongs to an event. The picture may be gone before the event. */
export interface EventPicture {
  /** Chosen by the store. */
  readonly id: string
  readonly mediaType: ImageType
}

/** Who has taken note of an event, and when. */
export interface Acknowledgement {
  /** A name, for people; undefined for readers who learn no names (`event-view.ts`). */
  readonly by?: string | undefined
  /** ms since 1970. */
  readonly at: number
}

/** An event of the log. Immutable. */
export interface LoggedEvent extends NewEvent {
  readonly id: EventId
  /** Where nodes share the log: its name from before it was in the log, see `SpooledEvent`. */
  readonly receipt?: string | undefined
  /** Undefined until somebody has. */
  readonly acknowledged?: Acknowledgement | undefined
}

/**
 * An event that is shown before it is in the log: the log that its node shares with others cannot be reached, so it waits
 * in the node's spool. Once it is in the log it has an id, and the same receipt. Immutable.
 */
export interface SpooledEvent extends NewEvent {
  readonly id?: undefined
  /** Chosen by its node; no other event has it. */
  readonly receipt: string
  readonly acknowledged?: undefined
}

/** An event as those who follow the log get it. */
export type ShownEvent = LoggedEvent | SpooledEvent

/** The fields that decide who may see an event. */
export type EventTarget = Pick<EventInput, 'label' | 'key' | 'needs'>

/** How much memory an event takes while it is kept, in bytes. */
export function weightOfEvent({ type, source, label = '', key = '', data, dataText = '' }: EventInput): number {
  return EVENT_BYTES + weightOfText(type + source + label + key + dataText) + weightOfJson(data)
}

/** What an event takes besides its texts and data. */
const EVENT_BYTES = 250

/** Whether the holder may see an event. */
export function maySee(holder: GrantHolder, event: EventTarget): boolean {
  return may(holder, event.needs ?? 'view', event)
}

import { type GrantHolder, may } from './authorization.ts'
import type { Json } from './frame.ts'
import type { FrameId } from './frame-id.ts'

/** How much an event matters, from the least. */
export const PRIORITIES = ['LOW', 'NORMAL', 'HIGH', 'CRITICAL'] as const

/** How much an event matters. */
export type Priority = (typeof PRIORITIES)[number]

/** The id of an event: of the same form as those of frames, rising within the log. */
export type EventId = FrameId

/** Something that happened. Its label and key say what it belongs to, and so who may see it. */
export interface EventInput {
  /** "webhook.gate", "DOORBELL_PRESSED" … */
  readonly type: string
  /** What it came from or in through, for people: "webhook", "front door". */
  readonly source: string
  /** NORMAL if left out. */
  readonly priority?: Priority | undefined
  /** Without it the event belongs to no label: whoever may view all labels sees it. */
  readonly label?: string | undefined
  /** Only with a label. */
  readonly key?: string | undefined
  /**
   * What one must be allowed to do in order to see it: `view` if left out, `administer` for what is the admins' alone.
   */
  readonly needs?: 'view' | 'administer' | undefined
  readonly data: Json
}

/** An event on its way to the store, which gives it its id. */
export interface NewEvent extends EventInput {
  /** ms since 1970, this server's clock. */
  readonly timestamp: number
  readonly priority: Priority
}

/** An event that the log has taken. Never changes. */
export interface LoggedEvent extends NewEvent {
  readonly id: EventId
}

/** What of an event says who may see it. */
export type EventTarget = Pick<EventInput, 'label' | 'key' | 'needs'>

/** Whether somebody may see an event. */
export function maySee(holder: GrantHolder, event: EventTarget): boolean {
  return may(holder, event.needs ?? 'view', event)
}

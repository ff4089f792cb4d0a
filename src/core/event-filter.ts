import type { GrantHolder } from './authorization.ts'
import { type LoggedEvent, maySee, PRIORITIES, type Priority } from './event.ts'
import { nameId } from './stream-name.ts'

/** Which of the events that it may see a reader wants; what is left out does not restrict. */
export interface EventFilter {
  /** Types, in any case: "doorbell_pressed". */
  readonly types?: readonly string[] | undefined
  /** Labels, no patterns. */
  readonly labels?: readonly string[] | undefined
  /** The lowest priority. */
  readonly minPriority?: Priority | undefined
}

/** What of an event decides who gets it. */
export type FilteredEvent = Pick<LoggedEvent, 'type' | 'priority' | 'label' | 'key' | 'needs'>

/**
 * Makes the function that says whether a reader gets an event: whether it may see the event and wants it. Rights and
 * filter are prepared once, since it is asked for thousands of events.
 */
export function eventFilter(
  holder: GrantHolder,
  { types, labels, minPriority }: EventFilter = {},
): (event: FilteredEvent) => boolean {
  const wantedTypes = types && new Set(types.map(typeKey))
  const wantedLabels = labels && new Set(labels.map(nameId))
  const lowest = minPriority === undefined ? 0 : PRIORITIES.indexOf(minPriority)
  return (event) => {
    if (wantedLabels && (event.label === undefined || !wantedLabels.has(nameId(event.label)))) return false
    if (lowest > 0 && PRIORITIES.indexOf(event.priority) < lowest) return false
    if (wantedTypes && !wantedTypes.has(typeKey(event.type))) return false
    return maySee(holder, event)
  }
}

/** Types are compared without regard to case. */
export function typeKey(type: string): string {
  return type.toUpperCase()
}

import { Refusal } from '../core/errors.ts'
import { type EventId, PRIORITIES, type Priority } from '../core/event.ts'
import { isFrameId } from '../core/frame-id.ts'
import { checkName } from '../core/stream-name.ts'

/*
 * The fields by which readers of events say what they want, wherever they come from: a URL or a message. `field` is the
 * name of the field in the error message.
 */

/** How many types, or labels, a filter may name. */
export const MOST_NAMES = 100

/** The id of an event, or a position in the log. @throws Refusal `invalid` for anything else */
export function eventIdOf(field: string, value: unknown): EventId {
  if (typeof value === 'string' && isFrameId(value)) return value
  throw new Refusal('invalid', `${field}: must be the id of an event, such as 1800000000000-0`)
}

/** A priority in any case. @throws Refusal `invalid` for anything else */
export function priorityOf(field: string, value: unknown): Priority {
  const name = typeof value === 'string' ? value.toUpperCase() : undefined
  const priority = PRIORITIES.find((each) => each === name)
  if (priority === undefined) throw new Refusal('invalid', `${field}: must be one of ${PRIORITIES.join(', ')}`)
  return priority
}

/** Checks how many types or labels a filter names. @throws Refusal `invalid` for more than `MOST_NAMES` */
export function checkNameCount(field: string, names: readonly unknown[]): void {
  if (names.length > MOST_NAMES) throw new Refusal('invalid', `${field}: at most ${MOST_NAMES} may be named`)
}

/** The types or labels that a filter names as a list. @throws Refusal `invalid` for anything else, or too many */
export function namesOf(field: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw new Refusal('invalid', `${field}: a list of texts is required`)
  checkNameCount(field, value)
  return value.map((name) => checkName(field, name))
}

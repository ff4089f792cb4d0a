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
/** How many characters (UTF-16 code units) they may have together. */
export const MOST_NAME_CHARACTERS = 2000

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

/**
 * Checks how many types or labels a filter names, and how long they are.
 * @throws Refusal `invalid` for more than `MOST_NAMES` or `MOST_NAME_CHARACTERS`
 */
export function checkNames(field: string, names: readonly string[]): void {
  if (names.length > MOST_NAMES) throw new Refusal('invalid', `${field}: at most ${MOST_NAMES} may be named`)
  const characters = names.reduce((sum, name) => sum + name.length, 0)
  if (characters > MOST_NAME_CHARACTERS)
    throw new Refusal('invalid', `${field}: at most ${MOST_NAME_CHARACTERS} characters in all`)
}

/** The types or labels that a filter names as a list. @throws Refusal `invalid` for anything else, or for too many or too long */
export function namesOf(field: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw new Refusal('invalid', `${field}: a list of texts is required`)
  const names = value.map((name) => checkName(field, name))
  checkNames(field, names)
  return names
}

import { Refusal } from './errors.ts'
import { LruMap } from './lru-map.ts'

/**
 * The name of a stream: the key is unique within its label. Any Unicode except control characters, but not ".", ".." or
 * invisible characters alone. Names that look the same are one (`nameId`); a stream keeps the spelling that came first.
 */
export interface StreamName {
  /** What belongs together: a site, a room, a beamline. */
  readonly label: string
  /** A camera, a detector or an instrument within the label. */
  readonly key: string
}

/** The maximum length of a label or key, in characters (Unicode code points). */
export const MAX_NAME_LENGTH = 200

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

/**
 * Validates a label or key from outside.
 * @returns it as it was sent: names that differ only by what nobody sees are one (`nameId`), kept in the spelling that came
 *   first
 * @param field its name in the error message: "label" or "key"
 * @throws Refusal `invalid` when it is not a string, empty, ".", "..", invisible, too long, or contains control
 *   characters or a lone surrogate
 */
export function checkName(field: string, value: unknown): string {
  if (isName(value)) return value
  throw new Refusal('invalid', `${field}: ${problemWith(value)}`)
}

/** Whether a value is a valid label or key. */
export function isName(value: unknown): value is string {
  return problemWith(value) === undefined
}

function problemWith(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'a text is required'
  if (value.trim() === '') return 'must not be empty'
  const length = [...value.normalize('NFC')].length
  if (length > MAX_NAME_LENGTH) return `at most ${MAX_NAME_LENGTH} characters, this one has ${length}`
  const visible = nameId(value)
  if (visible === '') return 'must not consist of invisible characters alone'
  // A URL cannot name them.
  if (visible === '.' || visible === '..') return `must not be "${visible}"`
  return FORBIDDEN.test(value) ? 'must not contain control characters' : undefined
}

/**
 * What a label, a key or the name of a user is known by: without invisible characters and space at its ends, in Unicode's
 * normal form C. Names with the same id look the same, so they are one.
 */
export function nameId(name: string): string {
  if (PLAIN.test(name)) return name
  let id = IDS.get(name)
  if (id === undefined) {
    id = name.replace(INVISIBLE, '').normalize('NFC').trim()
    if (name.length <= LONGEST_KEPT) IDS.set(name, id)
  }
  return id
}

/** Of the names that were asked for last: it takes a microsecond, and is asked for several times for each frame. */
const IDS = new LruMap<string, string>(1000)
/** In UTF-16 units. Valid names seldom have more; what a stranger gives as the name of a user may have any length. */
const LONGEST_KEPT = 2 * MAX_NAME_LENGTH

/** Printable ASCII, which most names are. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/

/** Whether two names are one. */
export function isSameName(one: string, other: string): boolean {
  return one === other || nameId(one) === nameId(other)
}

/** A string that identifies a stream, however its name is spelled, to use as a map key. A name cannot contain NUL. */
export function streamId(name: StreamName): string {
  return `${nameId(name.label)}\0${nameId(name.key)}`
}

/** Whether two names are those of one stream. */
export function isSameStream(one: StreamName, other: StreamName): boolean {
  return isSameName(one.label, other.label) && isSameName(one.key, other.key)
}

/**
 * Whether a stream is selected by a filter: all streams, those of a label, or one stream. A label is not a
 * pattern.
 */
export function matches(
  meant: { readonly label?: string | undefined; readonly key?: string | undefined },
  { label, key }: StreamName,
): boolean {
  return (
    (meant.label === undefined || isSameName(meant.label, label)) &&
    (meant.key === undefined || isSameName(meant.key, key))
  )
}

import { Refusal } from './errors.ts'

/**
 * The name of a stream: the key is unique within its label. Any Unicode except control characters, but not ".", ".." or
 * invisible characters alone.
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
const INVISIBLE = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}]*$/u

/**
 * Validates a label or key from outside.
 * @returns it in Unicode's normal form C: names that differ by normalisation alone are one
 * @param field its name in the error message: "label" or "key"
 * @throws Refusal `invalid` when it is not a string, empty, ".", "..", invisible, too long, or contains control
 *   characters or a lone surrogate
 */
export function checkName(field: string, value: unknown): string {
  const name = typeof value === 'string' ? value.normalize('NFC') : value
  if (isName(name)) return name
  throw new Refusal('invalid', `${field}: ${problemWith(name)}`)
}

/** Whether a value is a valid label or key. */
export function isName(value: unknown): value is string {
  return problemWith(value) === undefined
}

function problemWith(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'a text is required'
  if (value.trim() === '') return 'must not be empty'
  const length = [...value].length
  if (length > MAX_NAME_LENGTH) return `at most ${MAX_NAME_LENGTH} characters, this one has ${length}`
  // A URL cannot name the first two, and nobody can see the others.
  if (value === '.' || value === '..') return `must not be "${value}"`
  if (INVISIBLE.test(value)) return 'must not consist of invisible characters alone'
  return FORBIDDEN.test(value) ? 'must not contain control characters' : undefined
}

/** A string that identifies a stream, to use as a map key. A name cannot contain NUL. */
export function streamId(name: StreamName): string {
  return `${name.label}\0${name.key}`
}

/**
 * Whether a stream is selected by a filter: all streams, those of a label, or one stream. Compares exactly; a label is
 * not a pattern.
 */
export function matches(
  meant: { readonly label?: string | undefined; readonly key?: string | undefined },
  { label, key }: StreamName,
): boolean {
  return (meant.label === undefined || meant.label === label) && (meant.key === undefined || meant.key === key)
}

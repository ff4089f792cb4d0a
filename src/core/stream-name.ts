import { Refusal } from './errors.ts'

/** The name of a stream: the key is unique within its label. Any Unicode but control characters. */
export interface StreamName {
  /** A site, a room, a beamline: what belongs together. */
  readonly label: string
  /** A camera, a detector, an instrument on it. */
  readonly key: string
}

/** The longest label or key, in characters (Unicode code points). */
export const MAX_NAME_LENGTH = 200

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u

/**
 * Checks a label or a key that came from outside.
 * @param field what to call it in the sentence, "label" or "key"
 * @throws Refusal `invalid` when it is not a string, empty, too long, or holds control characters or half a character
 */
export function checkName(field: string, value: unknown): string {
  if (isName(value)) return value
  throw new Refusal('invalid', `${field}: ${problemWith(value)}`)
}

/** Whether a value can be a label or a key. */
export function isName(value: unknown): value is string {
  return problemWith(value) === undefined
}

function problemWith(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'a text is required'
  if (value.trim() === '') return 'must not be empty'
  const length = [...value].length
  if (length > MAX_NAME_LENGTH) return `at most ${MAX_NAME_LENGTH} characters, this one has ${length}`
  return FORBIDDEN.test(value) ? 'must not contain control characters' : undefined
}

/** One string for one stream, to use as a map's key. NUL cannot be part of a name. */
export function streamId(name: StreamName): string {
  return `${name.label}\0${name.key}`
}

/**
 * Whether a name is one of those meant: all, those of a label, or one stream. They are compared as whole texts: a label is
 * no pattern.
 */
export function matches(
  meant: { readonly label?: string | undefined; readonly key?: string | undefined },
  { label, key }: StreamName,
): boolean {
  return (meant.label === undefined || meant.label === label) && (meant.key === undefined || meant.key === key)
}

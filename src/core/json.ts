/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/*
 * Estimates of how much memory values take, so that what is kept is bounded by what it costs and not by how long it was
 * when it was sent: 256 KB of "[[],[],…]" take 4 MB. Estimates are upper bounds for what V8 makes of JSON.
 */

/** What a value in a JSON document takes besides its characters: an array with its place in another one, in bytes. */
const VALUE_BYTES = 48
/** A text with one character beyond Latin-1 takes two bytes for each. */
const CHARACTER_BYTES = 2

/** The memory of a text, in bytes. */
export function weightOfText(text: string): number {
  return text.length * CHARACTER_BYTES
}

/** The memory of a parsed JSON value, in bytes: of all values and texts in it, and of the names of fields. */
export function weightOfJson(value: Json): number {
  if (typeof value === 'string') return VALUE_BYTES + weightOfText(value)
  if (typeof value !== 'object' || value === null) return VALUE_BYTES
  if (!isArray(value)) return VALUE_BYTES + weightOfFields(value)
  let weight = VALUE_BYTES
  for (const each of value) weight += weightOfJson(each)
  return weight
}

/** The same for the fields of an object: 0 if it has none. */
export function weightOfFields(fields: { readonly [name: string]: Json }): number {
  let weight = 0
  for (const name in fields) weight += weightOfText(name) + weightOfJson(fields[name] ?? null)
  return weight
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

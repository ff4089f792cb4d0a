/** An unvalidated JSON object. */
export type Fields = Readonly<Record<string, unknown>>

/** The fields of a JSON object; none if it is not an object. */
export function fieldsIn(value: unknown): Fields {
  return isFields(value) ? value : {}
}

/** The objects in an array; none if it is not an array. */
export function listIn(fields: Fields, name: string): Fields[] {
  const value = fields[name]
  return Array.isArray(value) ? value.filter(isFields) : []
}

/** A text; empty if it is none. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}

/** The texts in an array; none if it is not an array. */
export function textsIn(fields: Fields, name: string): string[] {
  const value = fields[name]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** A finite number; undefined for null and anything else. */
export function numberIn(fields: Fields, name: string): number | undefined {
  const value = fields[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** One of the known values; else the fallback. */
export function oneIn<Value extends string>(
  fields: Fields,
  name: string,
  known: readonly Value[],
  other: Value,
): Value {
  return known.find((value) => value === fields[name]) ?? other
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { messageOf, Refusal } from '../core/errors.ts'
import type { Json } from '../core/json.ts'

/** Parses a text as JSON, or returns it unchanged: what detectors call JSON is not always valid. */
export function jsonOrText(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

/** Limits of JSON from outside. */
export interface JsonLimits {
  /** The maximum nesting depth: serializing deeper JSON overflows the stack. */
  readonly maxDepth: number
  /**
   * How many values it may hold at any depth, since each takes far more memory than the two characters it may be
   * written with. Not limited if left out.
   */
  readonly maxValues?: number
  /** The setting that `maxValues` is from. */
  readonly setting?: string
}

/**
 * Parses a JSON text from outside.
 * @param field its name in the error message, such as "metadata_json"
 * @throws Refusal `invalid` when it is not JSON, or nests too deeply; `too_large` when it holds too many values
 */
export function parseJson(field: string, text: string, limits: JsonLimits): Json {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Refusal('invalid', `${field}: is not JSON (${messageOf(error)})`)
  }
  checkJson(field, value, limits)
  return value
}

/**
 * Checks the nesting depth of a parsed value and how many values it holds.
 * @throws Refusal `invalid` when it nests too deeply; `too_large` when it holds too many values
 */
export function checkJson(field: string, value: unknown, limits: JsonLimits): void {
  const { maxDepth, maxValues = Number.POSITIVE_INFINITY, setting } = limits
  let values = 0
  const check = (each: unknown, levels: number): void => {
    if (++values > maxValues)
      throw new Refusal('too_large', `${field}: at most ${maxValues} values (${setting})`, { limit: setting })
    if (typeof each !== 'object' || each === null) return
    if (levels === 0) throw new Refusal('invalid', `${field}: nests deeper than ${maxDepth} levels`)
    for (const inner of Array.isArray(each) ? each : Object.values(each)) check(inner, levels - 1)
  }
  check(value, maxDepth)
}

/** Whether a value is a JSON object: neither an array nor null. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { messageOf, Refusal } from '../core/errors.ts'
import type { Json } from '../core/frame.ts'

/** Parses a text as JSON, or returns it unchanged: what detectors call JSON is not always valid. */
export function jsonOrText(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

/**
 * Parses a JSON text from outside.
 * @param field its name in the error message, such as "metadata_json"
 * @param maxDepth the maximum nesting depth
 * @throws Refusal `invalid` when it is not JSON, or nests too deeply
 */
export function parseJson(field: string, text: string, maxDepth: number): Json {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Refusal('invalid', `${field}: is not JSON (${messageOf(error)})`)
  }
  checkDepth(field, value, maxDepth)
  return value
}

/**
 * Checks the nesting depth of a value: parsing JSON of any depth works, but serializing it overflows the stack.
 * @throws Refusal `invalid` when it nests deeper than `maxDepth` levels
 */
export function checkDepth(field: string, value: unknown, maxDepth: number): void {
  if (nestsDeeper(value, maxDepth)) throw new Refusal('invalid', `${field}: nests deeper than ${maxDepth} levels`)
}

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((each) => nestsDeeper(each, levels - 1))
}

/** Whether a value is a JSON object: neither an array nor null. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

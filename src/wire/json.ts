import { messageOf, Refusal } from '../core/errors.ts'
import type { Json } from '../core/frame.ts'

/** The value that a text is in JSON, or the text itself: what detectors call JSON is not always. */
export function jsonOrText(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

/**
 * The value that a text from outside holds.
 * @param field what to call it in the sentence, "metadata_json"
 * @param maxDepth levels that it may nest
 * @throws Refusal `invalid` when it is no JSON, or nests too deeply
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
 * Checks how deep a value nests: reading JSON of any depth is no trouble, but writing it again overflows the stack.
 * @throws Refusal `invalid` when it is more than `maxDepth` levels
 */
export function checkDepth(field: string, value: unknown, maxDepth: number): void {
  if (nestsDeeper(value, maxDepth)) throw new Refusal('invalid', `${field}: nests deeper than ${maxDepth} levels`)
}

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((each) => nestsDeeper(each, levels - 1))
}

/** Whether a value is a JSON object, which no list is and no null. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

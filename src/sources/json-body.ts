import { Refusal } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { type JsonLimits, parseJson } from '../wire/json.ts'

/** The maximum nesting depth of JSON from outside. */
export const MAX_JSON_DEPTH = 20

/**
 * Parses a JSON body, which may nest `MAX_JSON_DEPTH` levels deep.
 * @param limits how many values it may hold; not limited if left out
 * @throws Refusal `invalid` when it is not JSON in UTF-8, or nests too deeply; `too_large` when it holds too many values
 */
export function readJson(body: Uint8Array, limits: Omit<JsonLimits, 'maxDepth'> = {}): Json {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new Refusal('invalid', 'body: is not JSON (not UTF-8)')
  }
  return parseJson('body', text, { ...limits, maxDepth: MAX_JSON_DEPTH })
}

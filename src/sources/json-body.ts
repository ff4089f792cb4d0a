import type { Json } from '../core/json.ts'
import { type JsonLimits, parseJson } from '../wire/json.ts'
import { textOf } from '../wire/utf8.ts'

/** The maximum nesting depth of JSON from outside. */
export const MAX_JSON_DEPTH = 20

/** Limits of a JSON body: how many values it may hold; not limited if left out. */
export type BodyValues = Omit<JsonLimits, 'maxDepth'>

/**
 * Parses a JSON body, which may nest `MAX_JSON_DEPTH` levels deep.
 * @throws Refusal `invalid` when it is not JSON in UTF-8, or nests too deeply; `too_large` when it holds too many values
 */
export function readJson(body: Uint8Array, limits: BodyValues = {}): Json {
  return readJsonText(body, limits).value
}

/** The same, with the text that was sent. */
export function readJsonText(body: Uint8Array, limits: BodyValues): { text: string; value: Json } {
  const text = textOf('body', body)
  return { text, value: parseJson('body', text, { ...limits, maxDepth: MAX_JSON_DEPTH }) }
}

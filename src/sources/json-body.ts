import { Refusal } from '../core/errors.ts'
import type { Json } from '../core/frame.ts'
import { parseJson } from '../wire/json.ts'

/** The maximum nesting depth of JSON from outside. */
export const MAX_JSON_DEPTH = 20

/** Parses a JSON body. @throws Refusal `invalid` when it is not JSON in UTF-8, or nests deeper than `MAX_JSON_DEPTH` */
export function readJson(body: Uint8Array): Json {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new Refusal('invalid', 'body: is not JSON (not UTF-8)')
  }
  return parseJson('body', text, MAX_JSON_DEPTH)
}

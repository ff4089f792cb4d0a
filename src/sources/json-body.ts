import { Refusal } from '../core/errors.ts'
import type { Json } from '../core/frame.ts'

/** How deep JSON from outside may nest. */
export const MAX_JSON_DEPTH = 20

/**
 * The value that a body holds.
 * @throws Refusal `invalid` when it is no JSON in UTF-8, or nests deeper than MAX_JSON_DEPTH
 */
export function readJson(body: Uint8Array): Json {
  let value: Json
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'not UTF-8'
    throw new Refusal('invalid', `body: is not JSON (${reason})`)
  }
  checkDepth(value, 0)
  return value
}

/** Reading JSON of any depth is no trouble, but writing it again overflows the stack. */
function checkDepth(value: Json, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth >= MAX_JSON_DEPTH) throw new Refusal('invalid', `body: nests deeper than ${MAX_JSON_DEPTH} levels`)
  for (const each of Object.values(value)) checkDepth(each, depth + 1)
}

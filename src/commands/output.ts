import { Refusal } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { parseJson } from '../wire/json.ts'

/** What something wrote, for whoever gave the command: as JSON if it is, else as a text without its last line break. */
export function outputOf(bytes: Uint8Array, mayBeJson: boolean): Json {
  const text = new TextDecoder().decode(bytes)
  return (mayBeJson ? jsonOf(text) : undefined) ?? text.replace(/\r?\n$/, '')
}

function jsonOf(text: string): Json | undefined {
  try {
    return parseJson('', text, { maxDepth: 20 })
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

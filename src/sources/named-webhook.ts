import { Refusal } from '../core/errors.ts'
import type { EventInput } from '../core/event.ts'
import type { Json } from '../core/json.ts'
import { isName } from '../core/stream-name.ts'
import { isJsonObject } from '../wire/json.ts'
import { textToKeep } from '../wire/json-text.ts'
import { readJsonText } from './json-body.ts'

/**
 * The body of `POST /api/webhook/{name}`, sent by another system, as an event. If `label` and `key` in it are valid
 * names, they say which stream the event belongs to.
 * @param maxValues how many values the body may hold
 * @throws Refusal `invalid` or `too_large`, saying what is wrong with the name or the body
 */
export function webhookEvent(name: string, body: Uint8Array, maxValues: number): EventInput {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name))
    throw new Refusal('invalid', 'name: 1 to 64 of the characters A-Z, a-z, 0-9, ".", "_" and "-" are allowed')
  const { text, value: data } = readJsonText(body, { maxValues, setting: 'webhook.body_values' })
  return { type: `webhook.${name}`, source: 'webhook', ...targetIn(data), data, dataText: textToKeep(text, data) }
}

function targetIn(data: Json): { label?: string; key?: string } {
  if (!isJsonObject(data)) return {}
  const { label, key } = data
  // Other systems may use these fields for something else.
  if (!isName(label)) return {}
  return isName(key) ? { label, key } : { label }
}

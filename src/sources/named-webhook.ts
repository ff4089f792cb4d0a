import { Refusal } from '../core/errors.ts'
import type { EventInput } from '../core/event.ts'
import type { Json } from '../core/frame.ts'
import { isName } from '../core/stream-name.ts'
import { isJsonObject } from '../wire/json.ts'
import { readJson } from './json-body.ts'

/**
 * What another system sent to `/api/webhook/{name}`, as an event. `label` and `key` in it, if they are names of ours,
 * say what it belongs to.
 * @throws Refusal `invalid`, saying what of the name or the body is wrong
 */
export function webhookEvent(name: string, body: Uint8Array): EventInput {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name))
    throw new Refusal('invalid', 'name: 1 to 64 of the characters A-Z, a-z, 0-9, ".", "_" and "-" are allowed')
  const data = readJson(body)
  return { type: `webhook.${name}`, source: 'webhook', ...targetIn(data), data }
}

function targetIn(data: Json): { label?: string; key?: string } {
  if (!isJsonObject(data)) return {}
  const { label, key } = data
  // Other systems mean other things by these words.
  if (!isName(label)) return {}
  return isName(key) ? { label, key } : { label }
}

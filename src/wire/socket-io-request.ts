import { Refusal } from '../core/errors.ts'
import { checkNames, namesOf } from './event-fields.ts'
import { checkJson, isJsonObject } from './json.ts'

/** What a client of Socket.IO asks for. */
export type SocketIoRequest =
  /** Without types: everything. */
  | { readonly type: 'subscribe'; readonly types: readonly string[] | undefined }
  | { readonly type: 'subscribe_labels'; readonly labels: readonly string[] }
  | { readonly type: 'system_command'; readonly command: string; readonly params: unknown }
  /** The quality is whatever word came, or none. */
  | { readonly type: 'request_video_stream'; readonly quality: string | undefined }
  /** It tells of an error of its own. */
  | { readonly type: 'error' }

/**
 * Reads an event that a client has sent.
 * @param name as it came: a text or, as the protocol allows it, a number
 * @param args what came with it, without an acknowledgement
 * @throws Refusal `invalid`, with a sentence that says what is allowed
 */
export function readSocketIoRequest(name: unknown, args: readonly unknown[]): SocketIoRequest {
  const [first] = args
  switch (name) {
    case 'subscribe':
      return { type: name, types: typesOf(fieldsOf(name, first).event_types) }
    case 'subscribe_labels':
      return { type: name, labels: namesOf('labels', first) }
    case 'system_command': {
      const { command, params } = fieldsOf(name, first)
      if (typeof command !== 'string') throw new Refusal('invalid', 'command: a text is required')
      if (command.length > MOST_NAME) throw new Refusal('invalid', `command: has at most ${MOST_NAME} characters`)
      checkJson('params', params, { maxDepth: MAX_DEPTH })
      return { type: name, command, params }
    }
    case 'request_video_stream': {
      const { quality } = first === undefined || first === null ? {} : fieldsOf(name, first)
      return { type: name, quality: typeof quality === 'string' ? quality : undefined }
    }
    case 'error':
      return { type: name }
    default:
      throw new Refusal('invalid', `Unknown event: ${nameOf(name).slice(0, MOST_NAME)}`)
  }
}

/**
 * The types of two subscriptions of one client, which gets both.
 * @throws Refusal `invalid` for too many, or too long ones
 */
export function joinTypes(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (!one || !other) return undefined
  const types = [...new Set([...one, ...other])]
  checkNames('event_types', types)
  return types
}

/** An object may have a `toString` that is no function. */
function nameOf(name: unknown): string {
  return typeof name === 'string' || typeof name === 'number' ? String(name) : `a name of type ${typeof name}`
}

function fieldsOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isJsonObject(value)) return value
  throw new Refusal('invalid', `${name}: an object is required`)
}

/** No types, or "*" among them, are all. */
function typesOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  const types = namesOf('event_types', value)
  return types.length === 0 || types.includes('*') ? undefined : types
}

/** How many levels parameters may nest, as in JSON bodies. */
const MAX_DEPTH = 20

/** The length of a command's name, and how much of an event's unknown one is repeated, in characters. */
const MOST_NAME = 100

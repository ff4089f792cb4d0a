import { VALUES_COMPRESSIONS, VALUES_WISHES } from '../core/demand.ts'
import { Refusal } from '../core/errors.ts'
import { checkName } from '../core/stream-name.ts'
import { eventIdOf, namesOf, priorityOf } from './event-fields.ts'
import { isJsonObject } from './json.ts'
import type { LiveRequest } from './live-messages.ts'

/** The maximum `max_fps`, frames a second. */
export const MAX_FPS = 1000
/** The minimum `max_fps` of a watch that wants frames at all: one in 100 s. */
export const MIN_FPS = 0.01
/** The maximum `width`, pixels. */
export const MAX_WIDTH = 16_384

/**
 * Parses a text message of a client on `/ws/live`.
 * @throws Refusal `invalid`, with a sentence that says what is allowed
 */
export function readLiveRequest(text: string): LiveRequest {
  const message = readObject(text)
  const { type } = message
  if (type === 'credit') return { type, n: integer('n', message.n) }
  if (type === 'clock') return { type, t0: number('t0', message.t0, -Number.MAX_VALUE, Number.MAX_VALUE) }
  if (type === 'unwatch' || type === 'unfollow') return { type, id: integer('id', message.id) }
  if (type === 'watch') return readWatch(message)
  if (type === 'follow') return readFollow(message)
  throw new Refusal('invalid', `type: must be ${TYPES}`)
}

/** Whether a watch may ask for so many frames a second; 0: for none, only for changes of the stream. */
export function isFrameRate(fps: number): boolean {
  return fps === 0 || (fps >= MIN_FPS && fps <= MAX_FPS)
}

/** The id in a message that was refused, for the error response; undefined if there is none. */
export function requestIdOf(text: string): number | undefined {
  try {
    const { id } = readObject(text)
    return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined
  } catch {
    // It is not even an object.
    return undefined
  }
}

const TYPES = '"watch", "unwatch", "follow", "unfollow", "credit" or "clock"'

type Fields = Readonly<Record<string, unknown>>

function readWatch({
  id,
  label,
  key,
  max_fps,
  width,
  colormap,
  levels,
  log,
  values,
  compression,
}: Fields): LiveRequest {
  if (key !== undefined && label === undefined) throw new Refusal('invalid', 'key: needs a label beside it')
  return {
    type: 'watch',
    id: integer('id', id),
    label: label === undefined ? undefined : checkName('label', label),
    key: key === undefined ? undefined : checkName('key', key),
    max_fps: max_fps === undefined ? undefined : frameRate(max_fps),
    width: width === undefined ? undefined : number('width', width, 1, MAX_WIDTH),
    ...(colormap !== undefined && { colormap: text('colormap', colormap) }),
    ...(levels !== undefined && { levels: text('levels', levels) }),
    ...(log !== undefined && { log: boolean('log', log) }),
    ...(values !== undefined && { values: oneOf('values', VALUES_WISHES, values) }),
    ...(compression !== undefined && { compression: oneOf('compression', VALUES_COMPRESSIONS, compression) }),
  }
}

function readFollow({ id, after, epoch, types, labels, min_priority }: Fields): LiveRequest {
  if (epoch !== undefined && after === undefined) throw new Refusal('invalid', 'epoch: needs an after beside it')
  return {
    type: 'follow',
    id: integer('id', id),
    after: after === undefined ? undefined : eventIdOf('after', after),
    epoch: epoch === undefined ? undefined : eventIdOf('epoch', epoch),
    types: types === undefined ? undefined : namesOf('types', types),
    labels: labels === undefined ? undefined : namesOf('labels', labels),
    min_priority: min_priority === undefined ? undefined : priorityOf('min_priority', min_priority),
  }
}

function readObject(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal('invalid', 'message: must be a JSON object')
  }
  if (!isJsonObject(value)) throw new Refusal('invalid', 'message: must be a JSON object')
  return value
}

function integer(field: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new Refusal('invalid', `${field}: an integer is required`)
  return value
}

function text(field: string, value: unknown): string {
  if (typeof value !== 'string') throw new Refusal('invalid', `${field}: a text is required`)
  return value
}

function boolean(field: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Refusal('invalid', `${field}: true or false is required`)
  return value
}

function oneOf<Choice extends string>(field: string, choices: readonly Choice[], value: unknown): Choice {
  const choice = choices.find((each) => each === value)
  if (choice !== undefined) return choice
  throw new Refusal('invalid', `${field}: must be one of ${choices.map((each) => `"${each}"`).join(', ')}`)
}

function frameRate(value: unknown): number {
  if (typeof value !== 'number' || !isFrameRate(value))
    throw new Refusal('invalid', `max_fps: 0 or a number from ${MIN_FPS} to ${MAX_FPS} is required`)
  return value
}

function number(field: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !(value >= min && value <= max))
    throw new Refusal('invalid', `${field}: a number from ${min} to ${max} is required`)
  return value
}

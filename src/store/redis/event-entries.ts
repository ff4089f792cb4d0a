import type { Acknowledgement, EventId, LoggedEvent, NewEvent } from '../../core/event.ts'
import { PRIORITIES, weightOfEvent } from '../../core/event.ts'
import type { IndexedEvent } from '../../core/event-buffer.ts'
import { isFrameId, parseFrameId } from '../../core/frame-id.ts'
import type { Json } from '../../core/json.ts'
import { IMAGE_TYPES } from '../../core/payload.ts'
import { isJsonObject } from '../../wire/json.ts'
import { textToKeep } from '../../wire/json-text.ts'
import type { RedisReply } from './redis-connection.ts'

/*
 * Events as entries of a Redis stream: a field for each part, texts in UTF-8, `data` as JSON. Other programs may write
 * there, too, so nothing but `type` is relied on.
 */

/** An entry as Redis answers it. */
export interface Entry {
  readonly id: EventId
  readonly fields: ReadonlyMap<string, string>
}

/** What is indexed of an event, and what it weighs. */
export interface IndexEntry {
  readonly event: IndexedEvent & Pick<LoggedEvent, 'receipt'>
  /** In bytes. */
  readonly weight: number
}

/** The fields of an event: names and values in turn. */
export function fieldsOf(event: NewEvent, receipt: string): string[] {
  const { timestamp, type, source, priority, label, key, needs, publisher, picture, data, dataText } = event
  const fields = { type, timestamp: String(timestamp), source, priority, label, key, needs, publisher }
  const more = { picture: picture?.id, picture_type: picture?.mediaType, weight: String(weightOfEvent(event)), receipt }
  return Object.entries({ ...fields, ...more, data: dataText ?? JSON.stringify(data) }).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  )
}

/** The event of an entry; undefined if it is none. @param acknowledged as stored, if it is */
export function eventOf(entry: Entry, acknowledged?: string): LoggedEvent | undefined {
  const indexed = indexOf(entry)
  if (!indexed) return undefined
  const { fields } = entry
  const { receipt, ...event } = indexed.event
  const mediaType = IMAGE_TYPES.find((type) => type === fields.get('picture_type'))
  const picture = fields.get('picture')
  const noted = acknowledged === undefined ? undefined : acknowledgementOf(acknowledged)
  return {
    ...event,
    source: fields.get('source') ?? 'Redis',
    ...sentData(fields.get('data')),
    ...(picture !== undefined && mediaType && { picture: { id: picture, mediaType } }),
    ...(receipt !== undefined && { receipt }),
    ...(noted && { acknowledged: noted }),
  }
}

/** What is indexed of an entry; undefined if it is no event. */
export function indexOf({ id, fields }: Entry): IndexEntry | undefined {
  const texts = INDEXED.map((name) => fields.get(name))
  const [type, label, key, publisher, receipt] = texts
  if (type === undefined || texts.some((text) => text !== undefined && text.length > MOST_TEXT)) return undefined
  const needs = fields.get('needs')
  const { ms = 0 } = parseFrameId(id) ?? {}
  return {
    event: {
      id,
      type,
      timestamp: timeOf(fields.get('timestamp'), ms),
      priority: PRIORITIES.find((each) => each === fields.get('priority')) ?? 'NORMAL',
      label,
      key: label === undefined ? undefined : key,
      // What is not known is for admins only.
      needs: needs === undefined || needs === 'view' ? needs : 'administer',
      publisher,
      receipt,
    },
    weight: Math.max(LEAST_WEIGHT, numberOf(fields.get('weight')) ?? 0),
  }
}

/** An acknowledgement as it is stored. */
export function acknowledgementText({ by, at }: Acknowledgement): string {
  return JSON.stringify({ by, at })
}

/** The acknowledgement that a stored text is; undefined if it is none. */
export function acknowledgementOf(text: string): Acknowledgement | undefined {
  const found = dataOf(text)
  if (!isJsonObject(found)) return undefined
  const { by, at } = found
  return typeof at === 'number' ? { by: typeof by === 'string' ? by : undefined, at } : undefined
}

/** The entries that Redis answers. */
export function entriesOf(reply: RedisReply | undefined): Entry[] {
  return listOf(reply).flatMap((each) => {
    const [id, texts] = listOf(each)
    const name = textOf(id)
    return isFrameId(name) ? [{ id: name, fields: pairsOf(texts) }] : []
  })
}

/** Names and values in turn, as a map. */
export function pairsOf(reply: RedisReply | undefined): Map<string, string> {
  const texts = listOf(reply).map(textOf)
  const pairs = new Map<string, string>()
  for (let i = 0; i + 1 < texts.length; i += 2) pairs.set(texts[i] ?? '', texts[i + 1] ?? '')
  return pairs
}

/** A list that Redis answers; anything else is an empty one. */
export function listOf(reply: RedisReply | undefined): readonly RedisReply[] {
  return Array.isArray(reply) ? reply : []
}

/** A text that Redis answers; anything else is an empty one. */
export function textOf(reply: RedisReply | undefined): string {
  return Buffer.isBuffer(reply) || typeof reply === 'string' ? reply.toString() : ''
}

function sentData(text: string | undefined): Pick<LoggedEvent, 'data' | 'dataText'> {
  const data = dataOf(text)
  const dataText = text === undefined || data === text ? undefined : textToKeep(text, data)
  return { data, ...(dataText !== undefined && { dataText }) }
}

/** What is no JSON is a text; nothing is null. */
function dataOf(text: string | undefined): Json {
  try {
    return text === undefined ? null : JSON.parse(text)
  } catch {
    return text ?? null
  }
}

/** When something happened: no later than its id says, or it would be kept forever. */
function timeOf(text: string | undefined, ms: number): number {
  const time = numberOf(text)
  return time !== undefined && time < ms + 1 ? time : ms
}

function numberOf(text: string | undefined): number | undefined {
  const number = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) && number >= 0 ? number : undefined
}

/** The texts that every node keeps in memory of every event. */
const INDEXED = ['type', 'label', 'key', 'publisher', 'receipt'] as const
/** How long each of them may be, in UTF-16 units: more than any of ours. */
const MOST_TEXT = 1000
/** What an event of another program counts at least, in bytes. */
const LEAST_WEIGHT = 250

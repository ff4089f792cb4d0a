import { isFrameId } from '../src/core/frame-id.ts'
import { parseExact } from '../src/wire/exact-numbers.ts'
import type { LiveNotice } from '../src/wire/live-messages.ts'

/** A "hello" of any protocol version. */
export type Greeting = Omit<Extract<LiveNotice, { type: 'hello' }>, 'protocol'> & { readonly protocol: number }

/** A validated text message of the server. */
export type CheckedNotice = Exclude<LiveNotice, { type: 'hello' }> | Greeting

/**
 * Parses and validates a text message of the server.
 * @returns undefined for an unknown type, which a newer server may send
 * @throws Error when the message is malformed
 */
export function readLiveNotice(text: string): CheckedNotice | undefined {
  const notice = parse(text)
  const type = 'type' in notice ? notice.type : undefined
  if (typeof type !== 'string') throw new Error('message: has no type')
  const isRight = CHECKS.get(type)
  if (!isRight) return undefined
  if (!isRight({ ...notice })) throw new Error(`message: a field of "${type}" is missing or has another type`)
  // Its check has validated every field that the SDK relies on.
  return notice as CheckedNotice
}

type NoticeFields = Readonly<Record<string, unknown>>

const CHECKS: ReadonlyMap<string, (fields: NoticeFields) => boolean> = new Map([
  ['hello', ({ protocol, version }: NoticeFields) => typeof protocol === 'number' && typeof version === 'string'],
  [
    'watching',
    ({ id, streams }: NoticeFields) => Number.isFinite(id) && Array.isArray(streams) && streams.every(isStream),
  ],
  ['unwatched', ({ id }: NoticeFields) => Number.isFinite(id)],
  ['following', ({ id }: NoticeFields) => Number.isFinite(id)],
  ['unfollowed', ({ id }: NoticeFields) => Number.isFinite(id)],
  [
    'events',
    ({ id, epoch, position, gap, events }: NoticeFields) =>
      Number.isFinite(id) &&
      [epoch, position].every(isEventId) &&
      (gap === undefined || isGap(gap)) &&
      Array.isArray(events) &&
      events.every(isEvent),
  ],
  ['stream', ({ event, stream }: NoticeFields) => typeof event === 'string' && isStream(stream)],
  ['clock', ({ t0, t1, t2 }: NoticeFields) => [t0, t1, t2].every(Number.isFinite)],
  ['error', ({ code, message }: NoticeFields) => typeof code === 'string' && typeof message === 'string'],
])

function isStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { label, key, state, since }: NoticeFields = { ...value }
  return [label, key, state].every((text) => typeof text === 'string') && Number.isFinite(since)
}

function isEvent(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { id, receipt, type, timestamp, source, priority }: NoticeFields = { ...value }
  return (
    (isEventId(id) || (id === undefined && typeof receipt === 'string')) &&
    [type, source, priority].every((text) => typeof text === 'string') &&
    Number.isFinite(timestamp)
  )
}

function isGap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { missed_from, missed_to }: NoticeFields = { ...value }
  return typeof missed_from === 'string' && isEventId(missed_to)
}

function isEventId(value: unknown): boolean {
  return typeof value === 'string' && isFrameId(value)
}

function parse(text: string): object {
  let value: unknown
  try {
    value = parseExact(text)
  } catch {
    throw new Error('message: is not JSON')
  }
  if (typeof value !== 'object' || value === null) throw new Error('message: must be a JSON object')
  return value
}

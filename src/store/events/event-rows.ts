import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { messageOf } from '../../core/errors.ts'
import { type EventId, type LoggedEvent, PRIORITIES, weightOfEvent } from '../../core/event.ts'
import type { IndexedEvent } from '../../core/event-buffer.ts'
import { isFrameId } from '../../core/frame-id.ts'
import type { Json } from '../../core/json.ts'
import { IMAGE_TYPES } from '../../core/payload.ts'
import { textToKeep } from '../../wire/json-text.ts'
import { DamageError } from './event-tables.ts'

/*
 * How events are stored in SQLite: the statements, and what is in a row.
 */

/** An event in the index: the rest of it is read from the file when it is asked for. */
export interface FiledEvent extends IndexedEvent {
  /** The primary key of its row; ascending, as the ids are. */
  readonly place: number
}

/** Whether an error says that the file is damaged, and not only that it cannot be used now. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamageError) return true
  // SQLITE_CORRUPT and SQLITE_NOTADB, https://sqlite.org/rescode.html
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
  return code === 11 || code === 26
}

/** The statements that are used again and again. */
export type Statements = Record<
  | 'insert'
  | 'load'
  | 'remove'
  | 'acknowledge'
  | 'evict'
  | 'forget'
  | 'kinds'
  | 'check'
  | 'open'
  | 'close'
  | 'beginEpoch'
  | 'keepEpoch'
  | 'forgetEpochs',
  StatementSync
>

/** Prepares the statements. */
export function statements(sqlite: DatabaseSync): Statements {
  return {
    insert: sqlite.prepare(
      `insert into events (${INDEXED_BEFORE_WEIGHT}, data, weight, picture_id, picture_type) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
    ),
    load: sqlite.prepare(
      'select source, data, picture_id, picture_type, acknowledged_by, acknowledged_at from events where place = ?',
    ),
    remove: sqlite.prepare('delete from events where place = ?'),
    acknowledge: sqlite.prepare(
      'update events set acknowledged_by = ?, acknowledged_at = ? where place = ? and acknowledged_at is null',
    ),
    evict: sqlite.prepare('insert or replace into evicted (kind, id) values (?, ?)'),
    forget: sqlite.prepare('delete from evicted'),
    check: sqlite.prepare('update history set checked_at = ?'),
    open: sqlite.prepare('update history set is_open = 1, checked_at = ?'),
    close: sqlite.prepare('update history set is_open = 0'),
    beginEpoch: sqlite.prepare('update history set epoch = ?'),
    keepEpoch: sqlite.prepare('insert or replace into earlier_epochs (epoch, last) values (?, ?)'),
    forgetEpochs: sqlite.prepare(
      'delete from earlier_epochs where rowid <= (select max(rowid) from earlier_epochs) - ?',
    ),
    kinds: sqlite.prepare('select count(*) as count from evicted'),
  }
}

/** What the index has of a row of INDEXED. @throws DamageError */
export function filedEvent(row: Record<string, unknown>): FiledEvent {
  const priority = PRIORITIES[Number(row.priority)]
  if (priority === undefined) throw new DamageError('an event has no priority')
  const text = (value: unknown) => (value === null ? undefined : String(value))
  const needs = text(row.needs)
  return {
    place: Number(row.place),
    id: idOf(row.id),
    timestamp: Number(row.timestamp),
    type: String(row.type),
    priority,
    label: text(row.label),
    key: text(row.key),
    // What is not known is for admins only.
    needs: needs === undefined || needs === 'view' ? needs : 'administer',
    publisher: text(row.publisher),
  }
}

/** Inserts an event. @returns what the index needs of it, and its weight */
export function insertEvent(
  { insert }: Statements,
  event: LoggedEvent,
  place: number,
): { event: FiledEvent; weight: number } {
  const { id, timestamp, type, source, priority, label, key, needs, publisher, picture } = event
  const weight = weightOfEvent(event)
  insert.run(
    ...[place, id, timestamp, type, source, PRIORITIES.indexOf(priority)],
    ...[
      label ?? null,
      key ?? null,
      needs ?? null,
      publisher ?? null,
      event.dataText ?? JSON.stringify(event.data),
      weight,
    ],
    ...[picture?.id ?? null, picture?.mediaType ?? null],
  )
  return { event: { place, id, timestamp, type, priority, label, key, needs, publisher }, weight }
}

/** Reads the rest of an event. @throws DamageError when it is not there */
export function loadEvent({ load }: Statements, { place, ...indexed }: FiledEvent): LoggedEvent {
  const row = load.get(place)
  if (!row) throw new DamageError(`the event ${indexed.id} is not where it was stored`)
  const { picture_id: picture, acknowledged_by: by, acknowledged_at: at } = row
  const mediaType = IMAGE_TYPES.find((type) => type === row.picture_type)
  const data = parsed(row.data)
  const dataText = textToKeep(String(row.data), data)
  return {
    ...indexed,
    source: String(row.source),
    data,
    ...(dataText !== undefined && { dataText }),
    ...(picture !== null && mediaType && { picture: { id: String(picture), mediaType } }),
    ...(at !== null && { acknowledged: { by: by === null ? undefined : String(by), at: Number(at) } }),
  }
}

/** @throws DamageError when it is not the id of an event */
export function idOf(value: unknown): EventId {
  if (typeof value === 'string' && isFrameId(value)) return value
  throw new DamageError('an event has no id')
}

function parsed(value: unknown): Json {
  try {
    return JSON.parse(String(value))
  } catch (error) {
    throw new DamageError(`an event's data is not JSON: ${messageOf(error)}`)
  }
}

const INDEXED_BEFORE_WEIGHT = 'place, id, timestamp, type, source, priority, label, key, needs, publisher'
/** The columns that the index needs. */
export const INDEXED = 'place, id, timestamp, type, priority, label, key, needs, publisher, weight'

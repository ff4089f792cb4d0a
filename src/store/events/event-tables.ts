import type { DatabaseSync } from 'node:sqlite'
import type { EventId } from '../../core/event.ts'
import { isFrameId } from '../../core/frame-id.ts'

/** The file does not hold what it should. */
export class DamageError extends Error {}

/**
 * Makes the tables of a history of events, or brings those of an earlier version up to date; in the transaction that is
 * open.
 * @param epoch that of a new history
 * @returns the history's epoch, that of the file if it has one; and whether a process that had it open did not close it
 * @throws Error when a later version has made the file; DamageError
 */
export function prepareTables(sqlite: DatabaseSync, epoch: EventId): { epoch: EventId; isOpen: boolean } {
  const version = Number(sqlite.prepare('pragma user_version').get()?.user_version)
  if (version > MIGRATIONS.length) throw new Error('a later version of Belvedere has made it')
  for (const migration of MIGRATIONS.slice(version)) sqlite.exec(migration)
  sqlite.exec(`pragma user_version = ${MIGRATIONS.length}`)
  if (version === 0) sqlite.prepare('insert into history (epoch) values (?)').run(epoch)
  const found = sqlite.prepare('select epoch, is_open from history').get()
  if (typeof found?.epoch !== 'string' || !isFrameId(found.epoch)) throw new DamageError('the history has no epoch')
  return { epoch: found.epoch, isOpen: found.is_open === 1 }
}

/**
 * What makes each version of the tables from the one before. Times are ms since 1970; `priority` is the position in
 * PRIORITIES, `data` JSON, `weight` that of `weightOfEvent`, `picture_id` and `picture_type` an `EventPicture`. `last` is
 * the last id that was stored in an earlier epoch.
 */
const MIGRATIONS = [
  `
create table history (epoch text not null, checked_at integer);
create table events (
  place integer primary key,
  id text not null,
  timestamp integer not null,
  type text not null,
  source text not null,
  priority integer not null,
  label text,
  key text,
  needs text,
  publisher text,
  data text not null,
  weight integer not null,
  acknowledged_by text,
  acknowledged_at integer
);
create table evicted (kind text primary key, id text not null);
`,
  `
alter table events add column picture_id text;
alter table events add column picture_type text;
`,
  `
alter table history add column is_open integer not null default 0;
create table earlier_epochs (epoch text primary key, last text not null);
`,
]

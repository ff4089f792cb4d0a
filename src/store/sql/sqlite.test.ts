import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../../../test/support/command.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { ALLOWED } from '../../../test/support/store-kinds.ts'
import { SqlAccountStore } from './account-store.ts'
import type { Database } from './database.ts'
import { openSqlite } from './sqlite.ts'

const KEY = { id: 'a', secret: 'x', createdAt: 1 }

async function open(path: string): Promise<Database> {
  const database = await openSqlite(path, new ManualClock())
  onTestFinished(() => database.close())
  return database
}

describe('a database', () => {
  it('is made with its folder, for its owner alone', async () => {
    const folder = join(temporaryFolder(), 'deep', 'down')
    const path = join(folder, 'belvedere.db')
    const store = new SqlAccountStore(await open(path))
    await store.addSigningKey(KEY, ALLOWED)
    for (const name of ['', '-wal', '-shm']) expect(statSync(path + name).mode & 0o777, name).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('that others could read is theirs no longer', async () => {
    const path = join(temporaryFolder(), 'belvedere.db')
    await (await openSqlite(path, new ManualClock())).close()
    chmodSync(path, 0o644)
    await open(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('holds what it held when it is opened again', async () => {
    const path = join(temporaryFolder(), 'belvedere.db')
    const first = await openSqlite(path, new ManualClock())
    await new SqlAccountStore(first).addSigningKey(KEY, ALLOWED)
    await first.close()
    expect((await new SqlAccountStore(await open(path)).load()).signingKeys).toEqual([KEY])
  })

  it('is made by one of several processes that come first at the same time, and opened by all', async () => {
    const path = join(temporaryFolder(), 'belvedere.db')
    const script = `const { openSqlite } = await import(${JSON.stringify(join(import.meta.dirname, 'sqlite.ts'))})
      const { systemClock } = await import(${JSON.stringify(join(import.meta.dirname, '../../telemetry/system-clock.ts'))})
      await (await openSqlite(process.argv[1], systemClock)).close()`
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, path])
    await Promise.all([run(), run(), run()])
    expect((await new SqlAccountStore(await open(path)).load()).users).toEqual([])
  })

  it('of which only a part could be made has none of it', async () => {
    const path = join(temporaryFolder(), 'belvedere.db')
    const sqlite = new DatabaseSync(path)
    onTestFinished(() => sqlite.close())
    sqlite.exec('create table share_links (id text)')
    await expect(openSqlite(path, new ManualClock())).rejects.toThrow('share_links')
    expect(sqlite.prepare("select name from sqlite_schema where type = 'table'").all()).toEqual([
      { name: 'share_links' },
    ])
  })

  it('is refused when it is none, or of a later version', async () => {
    const path = join(temporaryFolder(), 'belvedere.db')
    writeFileSync(path, 'this is no database, whatever its name says'.repeat(50))
    await expect(openSqlite(path, new ManualClock())).rejects.toThrow('file is not a database')
    const later = join(temporaryFolder(), 'belvedere.db')
    await (await openSqlite(later, new ManualClock())).close()
    const sqlite = new DatabaseSync(later)
    sqlite.exec("insert into kysely_migration values ('2099-01-something', '2099-01-01')")
    sqlite.close()
    await expect(openSqlite(later, new ManualClock())).rejects.toThrow('a later version')
  })

  it('takes no value that is not one of its own', async () => {
    const { queries } = await open(':memory:')
    const values = { id: 'a', secret: JSON.parse('true'), created_at: 1 }
    await expect(queries.insertInto('signing_keys').values(values).execute()).rejects.toThrow(
      'a database column cannot hold boolean',
    )
  })
})

/** A database, and another connection to it, which has locked it for writing. */
async function openLocked() {
  const path = join(temporaryFolder(), 'belvedere.db')
  const database = await open(path)
  const other = new DatabaseSync(path)
  onTestFinished(() => {
    if (other.isOpen) other.close()
  })
  other.exec('begin immediate')
  return { database, store: new SqlAccountStore(database), other }
}

/** Lets the event loop turn so often. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a database that another process has locked', () => {
  it('lets writes wait until it is free, in their order, while the event loop goes on', async () => {
    const { store, other } = await openLocked()
    const ended: string[] = []
    const writes = [
      store.addSigningKey(KEY, ALLOWED).then(() => ended.push('a statement')),
      store.purge({ tokens: 0, links: 0, signingKeys: 0 }).then(() => ended.push('a transaction')),
      store.addSigningKey({ ...KEY, id: 'b' }, ALLOWED).then(() => ended.push('another statement')),
    ]
    await turns(1000)
    expect(ended).toEqual([])
    other.exec('rollback')
    await Promise.all(writes)
    expect(ended).toEqual(['a statement', 'a transaction', 'another statement'])
    expect((await store.load()).signingKeys).toHaveLength(2)
  })

  it('can be read meanwhile, also by those who asked after a write', async () => {
    const { store, other } = await openLocked()
    let isWritten = false
    const write = store.addSigningKey(KEY, ALLOWED).then(() => {
      isWritten = true
    })
    expect((await store.load()).signingKeys).toEqual([])
    expect(await store.preferences(1)).toBeUndefined()
    expect(isWritten).toBe(false)
    other.exec('rollback')
    await write
  })

  it('shows a transaction what another process has written before it began, whatever it does', async () => {
    const { store, database, other } = await openLocked()
    const change = database.queries.transaction().execute(async (queries) => {
      const known = await queries.selectFrom('signing_keys').select('id').execute()
      await queries
        .insertInto('signing_keys')
        .values({ id: `after ${known.length}`, secret: '', created_at: 2 })
        .execute()
    })
    other.exec("insert into signing_keys values ('theirs', '', 1)")
    other.exec('commit')
    await change
    expect((await store.load()).signingKeys.map(({ id }) => id)).toEqual(['after 1', 'theirs'])
  })

  it('fails all writes that have waited for 5 s, those behind others too', async () => {
    const { store, other } = await openLocked()
    const writes = [KEY, { ...KEY, id: 'b' }, { ...KEY, id: 'c' }].map((key) => store.addSigningKey(key, ALLOWED))
    const failed = Promise.all(
      writes.map((write) => expect(write).rejects.toMatchObject({ errcode: 5, message: 'database is locked' })),
    )
    await turns(1)
    const later = performance.now() + 5000
    const clock = vi.spyOn(performance, 'now').mockReturnValue(later)
    onTestFinished(() => clock.mockRestore())
    await failed
    clock.mockRestore()
    other.exec('rollback')
    await store.addSigningKey(KEY, ALLOWED)
  })

  it('fails what waits, and all that comes later, soon once it has to hurry', async () => {
    const { store, database } = await openLocked()
    const waiting = store.addSigningKey(KEY, ALLOWED)
    const failed = expect(waiting).rejects.toMatchObject({ errcode: 5 })
    await turns(10)
    database.hurry()
    const later = performance.now() + 500
    const clock = vi.spyOn(performance, 'now').mockReturnValue(later)
    onTestFinished(() => clock.mockRestore())
    await failed
    clock.mockRestore()
    await expect(store.addSigningKey(KEY, ALLOWED)).rejects.toMatchObject({ errcode: 5 })
  })

  it('fails what waits when it is closed', async () => {
    const { store, database } = await openLocked()
    const write = store.addSigningKey(KEY, ALLOWED)
    await database.close()
    await expect(write).rejects.toThrow('not open')
  })
})

describe('a transaction', () => {
  it('that fails because the disk is full says so, and leaves the database as it was', async () => {
    const database = await open(join(temporaryFolder(), 'belvedere.db'))
    const keys = Array.from({ length: 100 }, (_, n) => ({ id: `${n}`, secret: 'x'.repeat(5000), created_at: n }))
    const addAll = () =>
      database.queries.transaction().execute(async (queries) => {
        for (const key of keys) await queries.insertInto('signing_keys').values(key).execute()
      })
    const stored = async () => (await new SqlAccountStore(database).load()).signingKeys.length
    await sql`pragma max_page_count = 1`.execute(database.queries)
    await expect(addAll()).rejects.toThrow('database or disk is full')
    expect(await stored()).toBe(0)
    await sql`pragma max_page_count = 1000000`.execute(database.queries)
    await addAll()
    expect(await stored()).toBe(100)
  })

  it('is not seen by anybody until it is over, nor does a statement from elsewhere get into it', async () => {
    const { queries } = await open(':memory:')
    const { promise: continued, resolve: go } = Promise.withResolvers<void>()
    const failed = queries.transaction().execute(async (inside) => {
      await inside.insertInto('signing_keys').values({ id: 'inside', secret: '', created_at: 1 }).execute()
      await continued
      throw new Error('it failed')
    })
    const outside = queries.insertInto('signing_keys').values({ id: 'outside', secret: '', created_at: 1 }).execute()
    const seen = queries.selectFrom('signing_keys').select('id').execute()
    await turns(10)
    go()
    await expect(failed).rejects.toThrow('it failed')
    await outside
    expect(await seen).not.toContainEqual({ id: 'inside' })
    expect(await queries.selectFrom('signing_keys').select('id').execute()).toEqual([{ id: 'outside' }])
  })

  it('that was rolled back writes nothing more', async () => {
    const { queries } = await open(':memory:')
    const add = (by: typeof queries, id: string) =>
      by
        .insertInto('signing_keys')
        .values({ id, secret: 'x'.repeat(20_000), created_at: 1 })
        .execute()
    await sql`pragma max_page_count = 1`.execute(queries)
    const stubborn = queries.transaction().execute(async (inside) => {
      await expect(add(inside, 'a')).rejects.toThrow('database or disk is full')
      await add(inside, 'b')
    })
    await expect(stubborn).rejects.toThrow('rolled back')
  })

  it('that only reads cannot write', async () => {
    const { queries } = await open(':memory:')
    const writing = queries
      .transaction()
      .setAccessMode('read only')
      .execute((inside) => inside.insertInto('signing_keys').values({ id: 'a', secret: '', created_at: 1 }).execute())
    await expect(writing).rejects.toThrow('only reads')
  })
})

describe('the files of a database', () => {
  const REFUSED = /^The database file belvedere\.db\S* was removed or replaced while the server runs/

  it.each(['', '-wal', '-shm'])('are missed when belvedere.db%s is removed, until it is put back', async (suffix) => {
    const path = join(temporaryFolder(), 'belvedere.db')
    const database = await open(path)
    const store = new SqlAccountStore(database)
    await store.addSigningKey(KEY, ALLOWED)
    expect(database.health()).toEqual({ isHealthy: true })
    renameSync(path + suffix, `${path}.elsewhere`)
    expect(database.health()).toEqual({ isHealthy: false, reason: expect.stringMatching(REFUSED) })
    const refused = { code: 'unavailable', message: expect.stringMatching(REFUSED) }
    await expect(store.addSigningKey({ ...KEY, id: 'b' }, ALLOWED)).rejects.toMatchObject(refused)
    await expect(store.purge({ tokens: 0, links: 0, signingKeys: 0 })).rejects.toMatchObject(refused)
    expect((await store.load()).signingKeys).toEqual([KEY])
    renameSync(`${path}.elsewhere`, path + suffix)
    expect(database.health()).toEqual({ isHealthy: true })
    await store.addSigningKey({ ...KEY, id: 'b' }, ALLOWED)
  })

  it('are missed when another file is in their place', async () => {
    const path = join(temporaryFolder(), 'belvedere.db')
    const database = await open(path)
    copyFileSync(path, `${path}.copy`)
    renameSync(`${path}.copy`, path)
    expect(database.health().isHealthy).toBe(false)
  })

  it('are those of the one that was opened, however many others use it', async () => {
    const path = join(temporaryFolder(), 'belvedere.db')
    const database = await open(path)
    const other = await openSqlite(path, new ManualClock())
    await new SqlAccountStore(other).addSigningKey(KEY, ALLOWED)
    await other.close()
    expect(database.health()).toEqual({ isHealthy: true })
  })
})

import { execFile } from 'node:child_process'
import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../test/support/command.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
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
    await store.addSigningKey(KEY)
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
    await new SqlAccountStore(first).addSigningKey(KEY)
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

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../test/support/command.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { ALLOWED } from '../../../test/support/store-kinds.ts'
import { memoryVault } from '../../../test/support/vault.ts'
import { SqlAccountStore } from './account-store.ts'
import { SqlAuditStore } from './audit-store.ts'
import { SqlHubCameraStore } from './hub-camera-store.ts'
import { migrations } from './migrations.ts'
import { openSqlite } from './sqlite.ts'
import type { Tables } from './tables.ts'

/** When the database was made, ms since 1970. */
const THEN = 1_790_000_000_000

/** A copy of a database made by the previous version, opened by this one. */
async function openOld() {
  const path = join(temporaryFolder(), 'belvedere.db')
  // Rows may be inserted before the rows that they refer to.
  const old = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  old.exec(readFileSync(join(import.meta.dirname, '../../../test/fixtures/accounts-0.1.0.sql'), 'utf8'))
  const before = contentsOf(old)
  old.close()
  const database = await openSqlite(path, new ManualClock(), memoryVault())
  onTestFinished(() => database.close())
  return { path, database, before }
}

/** The schema and all rows. */
function contentsOf(sqlite: DatabaseSync) {
  const schema = sqlite.prepare("select name, type, sql from sqlite_schema where sql <> '' order by name").all()
  const tables = schema.filter(({ type }) => type === 'table').map(({ name }) => String(name))
  const rows = tables.map((name): [string, unknown[]] => [name, sqlite.prepare(`select * from "${name}"`).all()])
  return { schema, rows: Object.fromEntries(rows) }
}

describe('a database of version 0.1.0', () => {
  it('is opened and keeps every row, to which nothing but columns of later versions is added', async () => {
    const { path, before } = await openOld()
    const sqlite = new DatabaseSync(path)
    onTestFinished(() => sqlite.close())
    // Those of cameras are encrypted now, in a table of their own.
    const { kysely_migration: migrationsBefore = [], cameras: _plain, ...rowsBefore } = before.rows
    const { kysely_migration: migrationsNow = [], ...rowsNow } = contentsOf(sqlite).rows
    expect(rowsNow).toMatchObject(rowsBefore)
    expect(migrationsNow.slice(0, migrationsBefore.length)).toEqual(migrationsBefore)
    expect(Object.entries(before.rows).filter(([, rows]) => rows.length === 0)).toEqual([])
  })

  it('has the tables of a new one', async () => {
    const old = await openOld()
    const opened = new DatabaseSync(old.path)
    onTestFinished(() => opened.close())
    const path = join(temporaryFolder(), 'belvedere.db')
    await (await openSqlite(path, new ManualClock())).close()
    const sqlite = new DatabaseSync(path)
    onTestFinished(() => sqlite.close())
    expect(contentsOf(sqlite).schema).toEqual(contentsOf(opened).schema)
  })

  it('holds what it held', async () => {
    const { database } = await openOld()
    const accounts = new SqlAccountStore(database)
    const state = await accounts.load()
    const user = { createdAt: THEN, passwordHash: expect.stringMatching(/^\$argon2id\$/) }
    expect(state).toMatchObject({
      users: [
        { ...user, id: 1, username: 'ada', role: 'admin', isActive: true, labels: [], validFrom: 0 },
        { ...user, id: 3, username: 'nora', isActive: false, labels: ['North', '工地'], validFrom: THEN + 5 },
      ],
      sessions: [
        { id: 'page', userId: 1, cookieHash: 'hash of a cookie', lastUsedAt: THEN + 2, expiresAt: THEN + 3 },
        { id: 'program', userId: 1, cookieHash: undefined, agent: "it's a program", expiresAt: THEN + 5 },
      ],
      keys: [
        {
          id: 'key',
          ownerId: 1,
          scope: 'publish',
          labels: ['North*', '工地'],
          expiresAt: undefined,
          lastUsedAt: undefined,
        },
        { id: 'used', scope: 'view', labels: ['*'], expiresAt: THEN + 9, lastUsedAt: THEN + 2 },
      ],
      links: [
        {
          id: 'link',
          streams: [{ label: 'North', key: 'gate' }, { label: 'a/b' }],
          showsMetadata: true,
          expiresAt: THEN + 9,
        },
      ],
      signingKeys: [
        { id: 'new', secret: 'a new secret', createdAt: THEN + 1 },
        { id: 'old', secret: 'an old secret', createdAt: THEN },
      ],
      revokedTokens: [{ id: 'revoked', expiresAt: THEN + 6 }],
    })
    expect(state.users.map(({ lastSeenAt }) => lastSeenAt)).toEqual([THEN + 2, undefined])
    expect(await accounts.preferences(1)).toBe('{"language":"zh-TW"}')
    const next = { id: 'newer', expiresAt: THEN + 10 }
    expect(await accounts.sessionOfRefresh('spent')).toBe('program')
    expect(await accounts.replaceRefresh('program', 'spent', next)).toBe('reused')
    expect(await accounts.replaceRefresh('program', 'next', next)).toBe('replaced')
    expect(await new SqlAuditStore(database).entries({ limit: 10 })).toMatchObject([
      { id: 2, at: THEN + 1, who: 'ada', action: 'login', outcome: 'refused', count: 7 },
      { id: 1, at: THEN, who: 'ada', action: 'user.add', target: 'nora', outcome: 'ok', count: 1 },
    ])
    expect(await new SqlHubCameraStore(database).list()).toEqual([
      { config: { video_url: 'rtsp://b', site: 'North', stream_name: 'gate', more: { of: [1, null, '工地'] } } },
      { config: { video_url: 'rtsp://a' } },
    ])
  })

  it('gives keys and links to whoever made them, and to nobody who was added later', async () => {
    const path = join(temporaryFolder(), 'belvedere.db')
    const old = new DatabaseSync(path, { enableForeignKeyConstraints: false })
    old.exec(readFileSync(join(import.meta.dirname, '../../../test/fixtures/accounts-0.1.0.sql'), 'utf8'))
    old.exec(`update api_keys set created_by = 'nora' where id = 'used'; update share_links set created_by = 'gone'`)
    old.exec(`update users set created_at = ${THEN + 2} where username = 'nora'`)
    old.close()
    const database = await openSqlite(path, new ManualClock(), memoryVault())
    onTestFinished(() => database.close())
    const { keys, links } = await new SqlAccountStore(database).load()
    const owners = [...keys, ...links].map(({ id, ownerId }) => [id, ownerId])
    expect(Object.fromEntries(owners)).toEqual({ key: 1, used: undefined, link: undefined })
  })

  it('gives no number out again that it had given out', async () => {
    const { database } = await openOld()
    const [user] = (await new SqlAccountStore(database).load()).users
    if (!user) throw new Error('there is no user')
    const added = await new SqlAccountStore(database).addUser({ ...user, username: 'theo' }, ALLOWED)
    expect(added?.id).toBe(4)
    const audit = new SqlAuditStore(database)
    const [{ id: _id, ...entry } = expect.fail('there is no entry')] = await audit.entries({ limit: 1 })
    await audit.addEntries([entry])
    expect(await audit.entries({ limit: 1 })).toMatchObject([{ id: 4 }])
  })
})

describe('the tables of PostgreSQL', async () => {
  const statements: string[] = []
  const queries = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (database) => new PostgresIntrospector(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => void statements.push(query.sql),
  })
  for (const { up } of Object.values(migrations('postgres', memoryVault()))) await up(queries)
  const dropped = statements.flatMap((statement) => /^drop table "(\w+)"$/.exec(statement)?.[1] ?? [])
  /** Each as "table.column", with its definition, which begins with the type. */
  const columns = statements.flatMap((statement) => {
    const pattern = /^(?:create table "(\w+)" \(|alter table "(\w+)" add column )(.*?)\)?$/
    const [, created, altered, list = ''] = pattern.exec(statement) ?? []
    const table = created ?? altered
    if (table !== undefined && dropped.includes(table)) return []
    return [...list.matchAll(/(?:^|, )"(\w+)" ([^,]+)/g)].map(([, name, type = '']) => ({
      name: `${table}.${name}`,
      type,
    }))
  })
  const typed = (pattern: RegExp) => columns.filter(({ type }) => pattern.test(type)).map(({ name }) => name)

  it('are those of SQLite', async () => {
    const sqlite = await openSqlite(':memory:', new ManualClock())
    onTestFinished(() => sqlite.close())
    const tables = await sqlite.queries.introspection.getTables()
    const names = tables.flatMap(({ name: table, columns }) => columns.map(({ name }) => `${table}.${name}`))
    expect(columns.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
  })

  it('have columns of three types, and nothing that is of SQLite alone', () => {
    expect(typed(/^(?!(text|integer|bigint)\b)/)).toEqual([])
    expect(statements.filter((statement) => /auto_?increment|datetime|serial|rowid/i.test(statement))).toEqual([])
  })

  it('have room for times in ms', () => {
    const times = columns.map(({ name }) => name).filter((name) => /(_at|\.at|\.valid_from)$/.test(name))
    expect(typed(/^bigint/)).toEqual(expect.arrayContaining(times))
    expect(times).toHaveLength(18)
  })

  it('give out numbers that are never given out again', () => {
    expect(typed(/generated always as identity primary key/)).toEqual([
      'users.id',
      'audit.id',
      'instruments.id',
      'added_cameras.id',
    ])
  })
})

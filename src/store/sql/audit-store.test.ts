import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../../../test/support/command.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import type { AuditEntry } from '../../core/audit-store.ts'
import { SqlAuditStore } from './audit-store.ts'
import { openSqlite } from './sqlite.ts'

it('old entries are found by an index, so that the whole audit trail is never read for them', async () => {
  const path = join(temporaryFolder(), 'belvedere.db')
  const database = await openSqlite(path, new ManualClock())
  onTestFinished(() => database.close())
  const store = new SqlAuditStore(database)
  const refused: AuditEntry = {
    at: 1,
    who: 'nora',
    action: 'request',
    target: '',
    address: '',
    outcome: 'refused',
    detail: '',
    count: 1,
  }
  await store.addEntries(Array.from({ length: 1200 }, () => refused))
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
  await store.forget({ before: 0, maxRefused: 1100 })
  const queries = new Set(prepare.mock.calls.map(([text]) => text).filter((text) => text.startsWith('select')))
  prepare.mockRestore()
  const other = new DatabaseSync(path)
  onTestFinished(() => other.close())
  const steps = [...queries].flatMap((query) =>
    other
      .prepare(`explain query plan ${query}`)
      .all(...Array.from(query.matchAll(/\?/g), () => 1))
      .map(({ detail }) => String(detail)),
  )
  expect(steps).not.toEqual([])
  for (const step of steps) expect(step).not.toMatch(/SCAN|TEMP B-TREE|INTEGER PRIMARY KEY/)
})

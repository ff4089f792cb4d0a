import { expect, it } from 'vitest'
import type { AuditEntry } from '../core/audit-store.ts'
import { shortened } from './audit-excess.ts'

const entry = (at: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  at,
  who: 'nora',
  action: 'user.add',
  target: 'theo',
  address: '192.0.2.1',
  outcome: 'ok',
  detail: '',
  count: 1,
  ...more,
})

const refused = (at: number, count = 1) => entry(at, { action: 'request', outcome: 'refused', count })

it('a list that is short enough stays as it is', () => {
  const entries = [entry(1), refused(2)]
  expect(shortened(entries, 2)).toBe(entries)
})

it('the oldest refusals become a count, and only when none are left what was done', () => {
  const counted = { who: '', target: '', address: '', detail: expect.stringContaining('access.audit_pending') }
  const entries = [entry(1), refused(2, 5), entry(3), refused(4), refused(5)]
  expect(shortened(entries, 3)).toEqual([{ ...refused(2, 6), ...counted }, entry(1), entry(3), refused(5)])
  expect(shortened(entries, 1)).toEqual([{ ...refused(2, 7), ...counted }, { ...entry(1), ...counted }, entry(3)])
})

it('counts are added up when a list is shortened again, and no occurrence is lost', () => {
  let entries: readonly AuditEntry[] = []
  for (let at = 0; at < 100; at++) entries = shortened([...entries, refused(at), entry(at)], 10)
  expect(entries).toHaveLength(12)
  const total = (outcome: string) =>
    entries.filter((each) => each.outcome === outcome).reduce((sum, { count }) => sum + count, 0)
  expect([total('refused'), total('ok')]).toEqual([100, 100])
  expect(entries.slice(2)).toEqual(Array.from({ length: 10 }, (_, n) => entry(90 + n)))
})

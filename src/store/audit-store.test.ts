import { describe, expect, it } from 'vitest'
import { STORE_KINDS } from '../../test/support/store-kinds.ts'
import type { AuditEntry } from '../core/audit-store.ts'

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

describe.each(STORE_KINDS)('the audit trail, $name', ({ open }) => {
  it('gives the newest first, a page at a time, of whom and of what is asked for', async () => {
    const { audit: store } = await open()
    await store.addEntries([
      entry(1),
      entry(2, { who: 'ada' }),
      entry(3, { action: 'key.add', outcome: 'refused', count: 7 }),
    ])
    const all = await store.entries({ limit: 10 })
    expect(all).toEqual([
      { ...entry(3, { action: 'key.add', outcome: 'refused', count: 7 }), id: 3 },
      { ...entry(2, { who: 'ada' }), id: 2 },
      { ...entry(1), id: 1 },
    ])
    const times = async (query: Partial<Parameters<typeof store.entries>[0]>) =>
      (await store.entries({ limit: 10, ...query })).map(({ at }) => at)
    expect(await times({ limit: 2 })).toEqual([3, 2])
    expect(await times({ before: 3 })).toEqual([2, 1])
    expect(await times({ who: 'nora' })).toEqual([3, 1])
    expect(await times({ who: 'nora', action: 'user.add' })).toEqual([1])
    expect(await times({ who: "nora' or 1=1 --" })).toEqual([])
  })

  it('forgets what was before a moment, and gives no number out again', async () => {
    const { audit: store } = await open()
    await store.addEntries([entry(1), entry(2), entry(3)])
    await store.forget({ before: 3, maxRefused: 10 })
    expect((await store.entries({ limit: 10 })).map(({ at }) => at)).toEqual([3])
    await store.forget({ before: 10, maxRefused: 10 })
    await store.addEntries([entry(11)])
    expect(await store.entries({ limit: 10 })).toMatchObject([{ id: 4 }])
  })

  it('keeps so much of what was refused, the latest, and all that was done', async () => {
    const { audit: store } = await open()
    const refused = Array.from({ length: 2500 }, (_, n): AuditEntry => ({ ...entry(n + 10), outcome: 'refused' }))
    await store.addEntries([entry(1), ...refused, entry(5000)])
    await store.forget({ before: 0, maxRefused: 2500 })
    expect(await store.entries({ limit: 3000 })).toHaveLength(2502)
    await store.forget({ before: 0, maxRefused: 2100 })
    expect((await store.entries({ limit: 3000 })).map(({ at }) => at).slice(-2)).toEqual([410, 1])
    await store.forget({ before: 0, maxRefused: 3 })
    expect((await store.entries({ limit: 10 })).map(({ at }) => at)).toEqual([5000, 2509, 2508, 2507, 1])
  })

  it('counts refused and failed actions together', async () => {
    const { audit: store } = await open()
    const outcomes = ['refused', 'failed', 'ok', 'failed', 'refused', 'refused'] as const
    await store.addEntries(outcomes.map((outcome, n) => entry(n, { outcome })))
    await store.forget({ before: 0, maxRefused: 3 })
    expect((await store.entries({ limit: 10 })).map(({ at }) => at)).toEqual([5, 4, 3, 2])
  })

  it('takes many entries at once', async () => {
    const { audit: store } = await open()
    await store.addEntries([])
    await store.addEntries(Array.from({ length: 2500 }, (_, n) => entry(n)))
    const [newest] = await store.entries({ limit: 1 })
    expect(newest).toMatchObject({ id: 2500, at: 2499 })
  })

  it('takes all entries or none', async () => {
    const { audit: store } = await open()
    const entries = Array.from({ length: 1500 }, (_, n) => entry(n))
    const impossible = entry(1500, { who: JSON.parse('true') })
    await expect(store.addEntries([...entries, impossible])).rejects.toThrow()
    expect(await store.entries({ limit: 1 })).toEqual([])
  })
})

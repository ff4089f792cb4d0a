import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PageUpdate } from './page-update.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A page of the build "old", whose server has the build "new". */
function aPage({ stored = '' } = {}) {
  const told = { reloads: 0, reconnects: 0, changes: 0 }
  const facts = { served: 'new' as string | undefined, isBusy: false }
  const store = new Map([['belvedere.reloaded', stored]])
  const update = new PageUpdate({
    ownBuild: 'old',
    servedBuild: async () => facts.served,
    storage: { getItem: (name) => store.get(name) ?? null, setItem: (name, text) => void store.set(name, text) },
    isBusy: () => facts.isBusy,
    now: () => performance.now(),
    reconnect: () => told.reconnects++,
    reload: () => told.reloads++,
  })
  update.subscribe(() => told.changes++)
  return { update, told, facts, store }
}

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000)

describe('a page that is older than its server', () => {
  it('is reloaded once nobody has used it for a minute', async () => {
    const { update, told } = aPage()
    update.hasOtherProtocol = true
    expect([update.isOutdated, told.changes]).toEqual([true, 1])
    await minutes(0.9)
    update.noteUse()
    await minutes(0.9)
    expect(told.reloads).toBe(0)
    await minutes(0.2)
    expect(told.reloads).toBe(1)
  })

  it('is not reloaded while somebody types, or it does what would be lost', async () => {
    const { update, told, facts } = aPage()
    const release = update.hold()
    facts.isBusy = true
    update.hasOtherProtocol = true
    await minutes(10)
    facts.isBusy = false
    await minutes(10)
    expect(told.reloads).toBe(0)
    release()
    await minutes(1.1)
    expect(told.reloads).toBe(1)
  })

  it('is not reloaded while the server does not answer: what follows would be the browser’s page about that', async () => {
    const { update, told, facts } = aPage()
    facts.served = undefined
    update.hasOtherProtocol = true
    await minutes(10)
    expect(told.reloads).toBe(0)
    facts.served = 'new'
    await minutes(0.1)
    expect(told.reloads).toBe(1)
  })

  it('is not reloaded where that gives the same build: it connects again, as another server may be behind the address', async () => {
    const { update, told, facts } = aPage()
    facts.served = 'old'
    update.hasOtherProtocol = true
    await minutes(2)
    // Once a minute, not to be a burden to a server that many pages wait for.
    expect([told.reloads, told.reconnects]).toEqual([0, 2])
    update.hasOtherProtocol = false
    expect([update.isOutdated, told.changes]).toEqual([false, 2])
  })

  it('is not reloaded from one build twice, whatever servers there are in turn', async () => {
    const first = aPage()
    first.update.hasOtherProtocol = true
    await minutes(1.1)
    const stored = first.store.get('belvedere.reloaded') ?? ''
    const again = aPage({ stored })
    again.update.hasOtherProtocol = true
    await minutes(10)
    expect([first.told.reloads, again.told.reloads, again.update.isOutdated]).toEqual([1, 0, true])
  })
})

describe('a part that could not be loaded', () => {
  it('is gone when the server has another build', async () => {
    const { update, told } = aPage()
    await update.partFailed()
    expect(update.isOutdated).toBe(true)
    await minutes(1.1)
    expect(told.reloads).toBe(1)
  })

  it('is there again where the update was taken back', async () => {
    const { update, facts } = aPage()
    await update.partFailed()
    facts.served = 'old'
    await minutes(1.1)
    expect(update.isOutdated).toBe(false)
  })

  it.each([
    ['the same build', 'old'],
    ['no answer', undefined],
  ] as const)('may come later when the server has %s', async (_, served) => {
    const { update, facts } = aPage()
    facts.served = served
    await update.partFailed()
    expect(update.isOutdated).toBe(false)
  })
})

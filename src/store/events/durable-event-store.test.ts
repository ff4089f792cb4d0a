import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BreakableHistory } from '../../../test/support/breakable-history.ts'
import { everything, makeBreakable } from '../../../test/support/breakable-store.ts'
import { appendTo, newEvent, shown } from '../../../test/support/event-stores.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { MemoryHistory } from '../../../test/support/memory-history.ts'
import { until } from '../../../test/support/until.ts'
import type { Grant } from '../../core/authorization.ts'
import { DurableEventStore } from './durable-event-store.ts'
import { EventThread } from './event-thread.ts'

const onlyOf = (label: string): readonly Grant[] => [{ actions: ['view'], scope: { kind: 'labels', labels: [label] } }]

it('what arrives while a commit waits for the disk is stored with the next one', async () => {
  const { history, append, read } = await makeBreakable()
  const { promise, resolve } = Promise.withResolvers<void>()
  history.held = promise
  const all = [1, 2, 3, 4, 5].map((number) => append(number))
  expect((await read()).events).toEqual([])
  resolve()
  for (const appended of await Promise.all(all)) expect(appended.isStored).toBe(true)
  expect(history.groups).toEqual([1, 4])
  expect(shown((await read()).events)).toEqual([1, 2, 3, 4, 5])
})

it('events that cannot be stored reach who follows, and their publisher is told', async () => {
  const { store, history, append, read, logged } = await makeBreakable({ recent: 10 })
  const { event: before } = await append(1)
  history.broken = ['append', 'check']
  const woken: string[] = []
  store.subscribe(() => woken.push('woken'))
  expect(await append(2)).toMatchObject({ event: { data: 2 }, isStored: false })
  const { event: unstored } = await append(3)
  expect(woken).toHaveLength(2)
  expect(store.health()).toEqual({ isHealthy: false, reason: 'Events are not stored: disk is full.' })
  expect(logged).toEqual(['events cannot be stored'])
  // Who was connected goes on from a position; nothing is missing.
  const page = await read(before.id)
  expect(shown(page.events)).toEqual([2, 3])
  expect(page).not.toHaveProperty('gap')
  // Who comes with the id of one that is not stored may have missed others.
  expect(await read(unstored.id)).toMatchObject({ events: [], gap: { missed_from: unstored.id } })
})

it('a full disk can still be read, and events are stored again once there is room', async () => {
  const { clock, store, history, append, read } = await makeBreakable({ recent: 2 })
  const [first] = [await append(1), await append(2), await append(3)]
  history.broken = ['append', 'check']
  for (const number of [4, 5, 6]) await append(number)
  expect(shown((await read()).events)).toEqual([1, 2, 3, 5, 6])
  history.broken = []
  clock.advance(20_000)
  await until(() => store.health().isHealthy, 'it is well')
  expect(await append(7)).toMatchObject({ isStored: true })
  const page = await read(first?.event.id)
  // 4 was not in memory any more.
  expect(shown(page.events)).toEqual([2, 3, 5, 6, 7])
  expect(page.gap).toMatchObject({ missed_from: first?.event.id })
  const rest = await read(page.gap?.missed_to)
  expect(shown(rest.events)).toEqual([5, 6, 7])
})

it('what could not be stored is stored once that is possible, and what is lost by then is a gap', async () => {
  const { clock, store, history, append, read } = await makeBreakable({ recent: 2 })
  const { event: first } = await append(1)
  history.broken = ['append', 'check']
  const [lost, , late] = [await append(2), await append(3), await append(4)]
  await expect(store.acknowledge(late.event.id, { by: 'ann', at: 5 })).rejects.toMatchObject({ code: 'unavailable' })
  history.broken = []
  clock.advance(20_000)
  const stored = () => history.read({ grants: everything, after: first.id, limit: 100 })
  await until(async () => (await stored()).events.length === 2, 'they are in the history')
  // As it will be after a restart.
  const page = await stored()
  expect(shown(page.events)).toEqual([3, 4])
  expect(await store.acknowledge(late.event.id, { by: 'ann', at: 5 })).toMatchObject({
    acknowledged: { by: 'ann', at: 5 },
  })
  expect(page.gap).toEqual({ missed_from: first.id, missed_to: lost.event.id })
  expect(shown((await read(late.event.id)).events)).toEqual([])
  expect(await read(late.event.id)).not.toHaveProperty('gap')
  expect(await append(5)).toMatchObject({ isStored: true })
  expect(shown((await read()).events)).toEqual([1, 3, 4, 5])
})

it('an event whose commit came too late is stored once', async () => {
  const { clock, history, append, read, store } = await makeBreakable()
  const { promise, resolve } = Promise.withResolvers<void>()
  history.held = promise
  const appended = append(1)
  await until(() => history.groups.length === 1, 'the commit')
  history.broken = ['check']
  clock.advance(5000)
  expect(await appended).toMatchObject({ isStored: false })
  resolve()
  history.held = undefined
  history.broken = []
  clock.advance(20_000)
  await until(() => store.health().isHealthy, 'it is well')
  expect(await append(2)).toMatchObject({ isStored: true })
  expect(shown((await history.read({ grants: everything, limit: 100 })).events)).toEqual([1, 2])
  expect(shown((await read()).events)).toEqual([1, 2])
})

it('tells only those of a gap who might have seen what could not be stored', async () => {
  const { history, append, read } = await makeBreakable({ recent: 1 })
  const { event: mine } = await append(1, 'mine')
  history.broken = ['append', 'check']
  for (const number of [2, 3]) await append(number, 'other')
  expect(await read(mine.id, onlyOf('mine'))).not.toHaveProperty('gap')
  expect(await read(mine.id, onlyOf('other'))).toHaveProperty('gap')
})

it('works without its history from the start, and goes on above it when it can be opened', async () => {
  const history = new BreakableHistory()
  history.broken = ['open']
  const { clock, store, append, read } = await makeBreakable({ history })
  expect(await append(1)).toMatchObject({ isStored: false })
  expect(shown((await read()).events)).toEqual([1])
  await expect(store.find({ grants: everything }, '1-0')).rejects.toMatchObject({ code: 'unavailable' })
  history.broken = []
  clock.advance(20_000)
  await until(() => store.health().isHealthy, 'it is open')
  const { event, isStored } = await append(2)
  expect(isStored).toBe(true)
  expect(await store.find({ grants: everything }, event.id)).toEqual(event)
})

it('a disk that does not answer keeps nobody waiting for long', async () => {
  const { clock, history, append } = await makeBreakable()
  history.held = new Promise(() => {})
  const appended = append(1)
  await until(() => history.groups.length === 1, 'the commit')
  clock.advance(5000)
  expect(await appended).toMatchObject({ isStored: false })
})

it('works in a thread of its own, and has everything when it is opened again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'belvedere-events-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const open = async () => {
    const store = await DurableEventStore.open({
      clock: new ManualClock(),
      log: { error() {}, warn() {}, info() {} },
      history: new EventThread(),
      path: join(folder, 'events.db'),
      limits: { size: 100, bytes: 1e6, age: Number.POSITIVE_INFINITY },
      recent: { size: 1, bytes: 1e6 },
      reads: { max: 1000, share: 1000 },
    })
    onTestFinished(() => store.close())
    return store
  }
  const first = await open()
  const events = [await appendTo(first, newEvent(1)), await appendTo(first, newEvent(2, { label: 'a' }))]
  expect((await first.read({ grants: everything, limit: 10 })).events).toEqual(events)
  expect(await first.acknowledge(events[0]?.id ?? '0-0', { by: 'ann', at: 1 })).toMatchObject({ data: 1 })
  await first.close()
  const second = await open()
  const page = await second.read({ grants: everything, limit: 10 })
  expect(page.events).toEqual([{ ...events[0], acknowledged: { by: 'ann', at: 1 } }, events[1]])
  expect(second.health()).toEqual({ isHealthy: true })
})

describe('events that are too old', () => {
  const DAY_MS = 86_400_000

  async function withHistory() {
    const clock = new ManualClock()
    const history = new MemoryHistory()
    const store = await DurableEventStore.open({
      clock,
      log: { error() {}, warn() {}, info() {} },
      history,
      path: ':memory:',
      limits: { size: 100, bytes: 1e6, age: DAY_MS },
      recent: { size: 10, bytes: 1e6 },
      reads: { max: 1000, share: 1000 },
    })
    onTestFinished(() => store.close())
    const append = (number: number) => store.append(newEvent(number, { timestamp: clock.now() }))
    /** What there is in memory, and in the history. */
    const kept = async () => [
      shown((await store.read({ grants: everything, limit: 10 })).events),
      shown((await history.read({ grants: everything, limit: 10 })).events),
    ]
    return { clock, append, kept }
  }

  it('are forgotten, in memory and in the history', async () => {
    const { clock, append, kept } = await withHistory()
    await append(1)
    clock.advance(DAY_MS / 2)
    await append(2)
    clock.advance(DAY_MS / 2)
    expect(await kept()).toEqual(Array(2).fill([1, 2]))
    clock.advance(3_600_000)
    expect(await kept()).toEqual(Array(2).fill([2]))
  })

  it('are not those that a clock which is set forward takes for old', async () => {
    const { clock, append, kept } = await withHistory()
    await append(1)
    clock.setBy(1000 * DAY_MS)
    clock.advance(3_600_000)
    expect(await kept()).toEqual(Array(2).fill([1]))
  })
})

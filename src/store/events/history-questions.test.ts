import { expect, it } from 'vitest'
import { everything, makeBreakable } from '../../../test/support/breakable-store.ts'
import { shown } from '../../../test/support/event-stores.ts'
import { until } from '../../../test/support/until.ts'
import { Refusal } from '../../core/errors.ts'
import { SerialQueue } from '../../core/serial-queue.ts'
import { WorkerUnusable } from '../worker-calls.ts'

it('passes over nothing that is stored while the history cannot be read, and shows the newest to who has no place', async () => {
  const { history, append, read, store } = await makeBreakable({ recent: 1 })
  const { event: first } = await append(1)
  const { event: second } = await append(2)
  const { event: third } = await append(3)
  history.broken = ['read', 'open']
  await expect(read(first.id)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(store.read({ grants: everything, before: third.id, limit: 9 })).rejects.toMatchObject({
    code: 'unavailable',
  })
  expect(shown((await read(second.id)).events)).toEqual([3])
  expect(shown((await read()).events)).toEqual([3])
})

it('asks for the right to acknowledge once it is the turn, and refuses what the disk does not take', async () => {
  const { history, append, store } = await makeBreakable({ recent: 1 })
  const { event } = await append(1)
  await append(2)
  const { find } = history
  const { promise, resolve } = Promise.withResolvers<void>()
  history.find = (id) => promise.then(() => find(id))
  const earlier = store.find({ grants: everything }, event.id)
  let isAllowed = true
  const check = () => {
    if (!isAllowed) throw new Refusal('unauthenticated', 'signed out')
  }
  const refused = store.acknowledge(event.id, { by: 'ann', at: 1 }, { check })
  isAllowed = false
  resolve()
  await expect(refused).rejects.toMatchObject({ code: 'unauthenticated' })
  expect((await earlier)?.acknowledged).toBeUndefined()
  expect(store.health()).toEqual({ isHealthy: true })
  history.acknowledge = () => Promise.reject(new Error('disk is full'))
  await expect(store.acknowledge(event.id, { by: 'ann', at: 1 })).rejects.toMatchObject({
    code: 'unavailable',
    message: 'Events are not stored: disk is full.',
  })
})

it('goes on storing when something could not be read, and reads it the next time', async () => {
  const { history, append, read, store, logged } = await makeBreakable({ recent: 1 })
  const { event: first } = await append(1)
  for (const number of [2, 3]) await append(number)
  history.broken = ['read']
  for (let i = 0; i < 3; i++) await expect(read(first.id)).rejects.toMatchObject({ code: 'unavailable' })
  expect(store.health()).toEqual({ isHealthy: true })
  expect(logged).toEqual(['events cannot be read'])
  expect(await append(4)).toMatchObject({ isStored: true })
  history.broken = []
  const page = await read(first.id)
  expect(shown(page.events)).toEqual([2, 3, 4])
  expect(page).not.toHaveProperty('gap')
})

it('opens the history again when it cannot be used any more, and passes over nothing meanwhile', async () => {
  const { clock, history, append, read, store } = await makeBreakable({ recent: 1 })
  const { event: first } = await append(1)
  for (const number of [2, 3]) await append(number)
  const { read: intact } = history
  history.read = () => Promise.reject(new WorkerUnusable('its thread ended'))
  await expect(read(first.id)).rejects.toMatchObject({ code: 'unavailable' })
  expect(store.health()).toEqual({ isHealthy: false, reason: 'Events are not stored: its thread ended.' })
  history.read = intact
  clock.advance(20_000)
  await until(() => store.health().isHealthy, 'it is open again')
  expect(await append(4)).toMatchObject({ isStored: true })
})

it('however many read, a new event waits for one of them at most', async () => {
  const { clock, history, append, store } = await makeBreakable({ recent: 1 })
  const [first] = [(await append(1)).event, await append(2), await append(3)]
  // One after another, as in the thread; each read searches for some milliseconds.
  const inOrder = new SerialQueue()
  const { read, append: commit } = history
  history.read = (query) => {
    const page = inOrder.run(() => read(query))
    return page.finally(() => clock.advance(24))
  }
  history.append = (...args) => inOrder.run(() => commit(...args))
  const query = { grants: everything, after: first.id, limit: 100, filter: { types: ['none'] } }
  const asker = { client: 'a visitor', isPrivileged: false }
  let answered = 0
  const reads = Array.from({ length: 300 }, () => store.read({ ...query, asker }).then(() => answered++))
  expect(await append(4)).toMatchObject({ isStored: true })
  expect(answered).toBeLessThan(5)
  await Promise.all(reads)
})

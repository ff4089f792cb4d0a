import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../test/support/command.ts'
import { newEvent, shown } from '../../../test/support/event-stores.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { until } from '../../../test/support/until.ts'
import { ALL, type Grant } from '../../core/authorization.ts'
import { DAY_MS } from '../../core/clock.ts'
import type { EventPage } from '../../core/event-store.ts'
import { DurableEventStore } from './durable-event-store.ts'
import { EventThread } from './event-thread.ts'

const grants: readonly Grant[] = [{ actions: ['view'], scope: ALL }]

/** A history in a file, on a disk that fails or hangs. */
class IllThread extends EventThread {
  /** What is not done now. */
  broken: readonly ('open' | 'append' | 'check' | 'noteLoss')[] = []
  /** Whether that never answers, or says so. */
  hangs = false

  constructor() {
    super()
    for (const method of ['open', 'append', 'check', 'noteLoss'] as const) {
      const intact: (...args: never[]) => Promise<unknown> = this[method].bind(this)
      const checked = (...args: never[]) => {
        if (!this.broken.includes(method)) return intact(...args)
        return this.hangs ? new Promise(() => {}) : Promise.reject(new Error('disk is full'))
      }
      Object.assign(this, { [method]: checked })
    }
  }
}

function make() {
  const path = join(temporaryFolder(), 'events.db')
  const clock = new ManualClock()
  const start = async (history: EventThread) => {
    const store = await DurableEventStore.open({
      clock,
      log: { error() {}, warn() {}, info() {} },
      history,
      path,
      limits: { size: 100, bytes: 1e6, age: DAY_MS },
      recent: { size: 10, bytes: 1e6 },
      reads: { max: 10, share: 10 },
    })
    onTestFinished(() => store.close())
    const append = (number: number) => store.append(newEvent(number, { timestamp: clock.now() }))
    const read = (from: Partial<EventPage> = {}) =>
      store.read({ grants, after: from.position, epoch: from.epoch, limit: 100 })
    return { store, append, read }
  }
  const mark = () => readFileSync(`${path}-unstored`, 'utf8')
  return { clock, start, mark }
}

/** Appends an event that the disk does not answer to. */
async function appendInVain(clock: ManualClock, appended: Promise<{ isStored: boolean }>) {
  let isAnswered = false
  void appended.then(() => {
    isAnswered = true
  })
  const passes = () => {
    clock.advance(1000)
    return isAnswered
  }
  await until(passes, 'it is given up', { every: 1 })
  expect(await appended).toMatchObject({ isStored: false })
}

/** A disk that hangs while three events come, and a crash; somebody followed up to the second. */
async function crashWhileDiskHangs(broken: IllThread['broken']) {
  const { clock, start, mark } = make()
  const thread = new IllThread()
  const first = await start(thread)
  await first.append(1)
  const away = await first.read()
  Object.assign(thread, { broken, hangs: true })
  await appendInVain(clock, first.append(2))
  const followed = await first.read()
  expect(shown(followed.events)).toEqual([1, 2])
  await appendInVain(clock, first.append(3))
  // The disk takes its own time, whatever this clock says.
  if (!broken.includes('noteLoss')) await until(() => mark() === '1', 'the note of a loss')
  const state = mark()
  await thread.close(false)
  return { clock, start, away, followed, state }
}

it('a crash while the disk hangs is told to all who may have missed something, wherever the clock is set', async () => {
  for (const jump of [2000, 0, -60_000]) {
    const { clock, start, away, followed, state } = await crashWhileDiskHangs(['append', 'check'])
    expect(state).toBe('1')
    clock.setBy(jump)
    const second = await start(new EventThread())
    await second.append(50)
    clock.advance(60_000)
    await second.append(4)
    for (const place of [away, followed, { position: followed.position }]) {
      const page = await second.read(place)
      expect(page.gap, `${jump}`).toMatchObject({ missed_from: place.position })
      expect(shown(page.events)).toContain(4)
      expect(await second.read(page)).toMatchObject({ events: [] })
      expect(await second.read(page)).not.toHaveProperty('gap')
    }
    await second.store.close()
  }
})

it('where not even that can be noted, it is told to those who followed', async () => {
  const { start, followed, state } = await crashWhileDiskHangs(['append', 'check', 'noteLoss'])
  expect(state).toBe('0')
  const second = await start(new EventThread())
  await second.append(4)
  expect(await second.read(followed)).toMatchObject({ events: [{ data: 4 }], gap: { missed_from: followed.position } })
})

it('a crash that loses nothing is told to nobody', async () => {
  const { start } = make()
  const thread = new EventThread()
  const first = await start(thread)
  await first.append(1)
  const place = await first.read()
  await first.append(2)
  await thread.close(false)
  const second = await start(new EventThread())
  await second.append(3)
  for (const from of [place, { position: place.position }]) {
    const page = await second.read(from)
    expect(shown(page.events)).toEqual([2, 3])
    expect(page).not.toHaveProperty('gap')
  }
  expect(shown((await second.read()).events)).toEqual([1, 2, 3])
})

it('what the process before has lost takes nothing from what this one could not store until now', async () => {
  const { clock, start, mark } = make()
  const before = new IllThread()
  const first = await start(before)
  await first.append(1)
  const place = await first.read()
  before.broken = ['append', 'check']
  await first.append(0)
  await before.close(false)
  clock.advance(1000)
  const thread = new IllThread()
  thread.broken = ['open']
  const second = await start(thread)
  for (const number of [2, 3, 4]) expect(await second.append(number)).toMatchObject({ isStored: false })
  thread.broken = []
  await until(() => {
    clock.advance(1000)
    return second.store.health().isHealthy && mark() === '0'
  }, 'they are stored')
  expect(shown((await second.read()).events)).toEqual([1, 2, 3, 4])
  const page = await second.read(place)
  expect(shown(page.events)).toEqual([2, 3, 4])
  expect(page.gap).toMatchObject({ missed_from: place.position })
})

it('a clock that is far ahead at the start takes no event for too old until it has run for as long as they are kept', async () => {
  const { clock, start } = make()
  const first = await start(new EventThread())
  for (const number of [1, 2]) await first.append(number)
  await first.store.close()
  clock.setBy(1000 * DAY_MS)
  const second = await start(new EventThread())
  const numbers = async () => shown((await second.read()).events)
  clock.advance(DAY_MS)
  expect(await numbers()).toEqual([1, 2])
  clock.advance(DAY_MS / 2)
  expect(await numbers()).toEqual([])
})

import { onTestFinished } from 'vitest'
import { ALL, type Grant } from '../../src/core/authorization.ts'
import { DurableEventStore } from '../../src/store/events/durable-event-store.ts'
import { BreakableHistory } from './breakable-history.ts'
import { newEvent } from './event-stores.ts'
import { ManualClock } from './manual-clock.ts'

/** The rights of somebody who sees all events. */
export const everything: readonly Grant[] = [{ actions: ['view'], scope: ALL }]

/** The store of events on a disk that the test breaks. @param recent how many events are in memory */
export async function makeBreakable({ recent = 3, history = new BreakableHistory() } = {}) {
  const clock = new ManualClock()
  const logged: string[] = []
  const log = { error: (_fields: object, text: string) => logged.push(text), warn() {}, info() {} }
  const store = await DurableEventStore.open({
    clock,
    log,
    history,
    path: ':memory:',
    limits: { size: 100, bytes: 1e6, age: Number.POSITIVE_INFINITY },
    recent: { size: recent, bytes: 1e6 },
    reads: { max: 1000, share: 1000 },
  })
  onTestFinished(() => store.close())
  const append = (number: number, label?: string) => store.append(newEvent(number, { label, timestamp: clock.now() }))
  const read = (after?: string, grants = everything) => store.read({ grants, after, limit: 100 })
  return { clock, logged, history, store, append, read }
}

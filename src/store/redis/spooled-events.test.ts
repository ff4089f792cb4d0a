import { expect, it } from 'vitest'
import { newEvent, shown } from '../../../test/support/event-stores.ts'
import { ALL } from '../../core/authorization.ts'
import type { LoggedEvent, SpooledEvent } from '../../core/event.ts'
import type { EventPage, EventQuery } from '../../core/event-store.ts'
import { SpooledEvents } from './spooled-events.ts'

const everything = [{ actions: ['view'], scope: ALL }] as const
const spooled = (n: number, label = 'a'): SpooledEvent => ({ ...newEvent(n, { label }), receipt: `run-${n}` })
const logged = (n: number): LoggedEvent => ({ ...newEvent(n, { label: 'a' }), id: `${n}-0`, receipt: `run-${n}` })
const page = (events: readonly LoggedEvent[] = [], hasMore = false): EventPage => ({
  ...{ events, hasMore, position: '9-0', epoch: '0-1' },
})
const query = (more: Partial<EventQuery> = {}): EventQuery => ({
  ...{ grants: everything, after: '0-1', limit: 10, spooledAfter: 0, ...more },
})
/** The numbers of a page: those of the log, then those that wait. */
const numbersOf = ({ events, spooled }: EventPage) => [...events, ...(spooled?.events ?? [])].map(({ data }) => data)

function withThree() {
  const events = new SpooledEvents(10)
  for (const n of [1, 2, 3]) events.add(spooled(n, n === 2 ? 'b' : 'a'))
  return events
}

it('shows what waits behind the log, once to each reader', () => {
  const events = withThree()
  const first = events.addTo(page([logged(0)]), query())
  expect(numbersOf(first)).toEqual([0, 1, 2, 3])
  expect(numbersOf(events.addTo(page(), query({ spooledAfter: first.spooled?.place })))).toEqual([])
  expect(events.addTo(page(), query({ spooledAfter: undefined }))).toEqual(page())
})

it('shows nothing that a reader may not see or does not want, and looks at it once', () => {
  const events = withThree()
  const grants = [{ actions: ['view'], scope: { kind: 'labels', labels: ['b'] } }] as const
  const seen = events.addTo(page(), query({ grants }))
  expect([numbersOf(seen), seen.spooled?.place]).toEqual([[2], 3])
  expect(numbersOf(events.addTo(page(), query({ filter: { labels: ['a'] } })))).toEqual([1, 3])
})

it('leaves out of the log what the reader has had, and gives it to everybody else', () => {
  const events = withThree()
  const some = events.addTo(page(), query({ limit: 2 }))
  expect([numbersOf(some), some.hasMore]).toEqual([[1, 2], true])
  for (const n of [1, 2, 3]) events.logged(`run-${n}`)
  expect(events.count).toBe(0)
  const log = page([logged(1), logged(2), logged(3), logged(4)])
  expect(numbersOf(events.addTo(log, query({ spooledAfter: some.spooled?.place })))).toEqual([3, 4])
  expect(numbersOf(events.addTo(log, query()))).toEqual([1, 2, 3, 4])
  expect(shown(events.addTo(log, query({ spooledAfter: undefined })).events)).toEqual([1, 2, 3, 4])
})

it('shows it only where the page reaches the end of the log, within the limits of the page', () => {
  const events = withThree()
  expect(numbersOf(events.addTo(page([logged(0)], true), query()))).toEqual([0])
  expect(numbersOf(events.addTo(page([logged(0)]), query({ before: '5-0' })))).toEqual([0])
  const full = events.addTo(page([logged(0)]), query({ limit: 1 }))
  expect([numbersOf(full), full.hasMore]).toEqual([[0], true])
  const next = events.addTo(page(), query({ bytes: 1 }))
  expect([numbersOf(next), next.hasMore]).toEqual([[1], true])
})

it('forgets what Redis has taken and lost', () => {
  const events = withThree()
  events.sent('run-1')
  events.forgetSent()
  expect(numbersOf(events.addTo(page(), query()))).toEqual([2, 3])
})

import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import type { EventInput } from './event.ts'
import { limitReporter } from './limit-reporter.ts'

it('reports each limit once in ten minutes, to admins, also one that its own event reaches', () => {
  const clock = new ManualClock()
  const events: Omit<EventInput, 'source'>[] = []
  const reached = limitReporter(clock, (event) => {
    events.push(event)
    reached('events.keep')
  })
  for (let i = 0; i < 100; i++) reached('limits.watches')
  const eventOf = (limit: string) => ({ type: 'limit_reached', needs: 'administer', data: { limit } })
  expect(events).toEqual([eventOf('limits.watches'), eventOf('events.keep')])
  clock.advance(600_000)
  reached('limits.watches')
  expect(events).toHaveLength(4)
})

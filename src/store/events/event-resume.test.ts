import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BreakableHistory } from '../../../test/support/breakable-history.ts'
import { appendTo, newEvent } from '../../../test/support/event-stores.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { until } from '../../../test/support/until.ts'
import { ALL, type Grant } from '../../core/authorization.ts'
import type { LoggedEvent } from '../../core/event.ts'
import type { EventPage } from '../../core/event-store.ts'
import { isAfter } from '../../core/frame-id.ts'
import { DurableEventStore } from './durable-event-store.ts'

const grants: readonly Grant[] = [{ actions: ['view'], scope: ALL }]

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ publisher: fc.constantFrom('a', 'b', 'b'), count: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 3, arbitrary: fc.record({ limit: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ setClock: fc.integer({ min: -5000, max: 5 }) }) },
  { weight: 2, arbitrary: fc.constant('the disk fills up, or has room again') },
)

async function make() {
  const clock = new ManualClock()
  const history = new BreakableHistory()
  const store = await DurableEventStore.open({
    clock,
    log: { error() {}, warn() {}, info() {} },
    history,
    path: ':memory:',
    limits: { size: 30, bytes: 1e6, age: Number.POSITIVE_INFINITY },
    recent: { size: 6, bytes: 1e6 },
    reads: { max: 1000, share: 1000 },
  })
  const mend = async () => {
    history.broken = []
    clock.advance(60_000)
    await until(() => store.health().isHealthy, 'it is well', { every: 1 })
  }
  return { clock, history, store, mend }
}

it('whoever reads on comes to an end, gets each event once and in order, and misses none without being told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const { clock, history, store, mend } = await make()
      const all: LoggedEvent[] = []
      const seen = new Set<string>()
      let place: EventPage = await store.read({ grants, limit: 1 })
      const check = (page: EventPage) => {
        expect(isAfter(place.position, page.position), 'it goes back').toBe(false)
        let last = place.position
        for (const { id } of page.events) {
          expect(isAfter(id, last), 'it is in order').toBe(true)
          last = id
          seen.add(id)
        }
        expect(isAfter(last, page.position), 'it is at its last event').toBe(false)
        const passed = all.filter(({ id }) => isAfter(id, place.position) && !isAfter(id, page.position))
        const missed = passed.filter(({ id }) => !seen.has(id))
        for (const { id } of missed) expect(page.gap && !isAfter(id, page.gap.missed_to), 'it is told').toBe(true)
      }
      const readOn = async (limit: number) => {
        for (let pages = 0, hasMore = true; hasMore; pages++) {
          const page = await store.read({ grants, after: place.position, epoch: place.epoch, limit })
          check(page)
          expect(pages, 'it comes to an end').toBeLessThan(100)
          place = page
          hasMore = page.hasMore
        }
        expect(place.position).toBe(all.at(-1)?.id ?? place.epoch)
      }
      for (const step of steps) {
        if (typeof step === 'string') {
          if (history.broken.length > 0) await mend()
          else history.broken = ['append', 'check']
        } else if ('setClock' in step) clock.setBy(step.setClock)
        else if ('limit' in step) await readOn(step.limit)
        else
          for (let i = 0; i < step.count; i++) {
            const { publisher } = step
            all.push(
              await appendTo(store, newEvent(all.length, { label: publisher, publisher, timestamp: clock.now() })),
            )
          }
      }
      await readOn(3)
      await store.close()
    }),
    { numRuns: 150 },
  )
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newEvent, shown } from '../../../test/support/event-stores.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import type { Grant, Scope, StreamScope } from '../../core/authorization.ts'
import { type LoggedEvent, maySee } from '../../core/event.ts'
import { MemoryEventStore } from './event-store.ts'
import { MOST_KINDS } from './evicted-events.ts'

const onlyOf = (...labels: string[]): readonly Grant[] => [{ actions: ['view'], scope: { kind: 'labels', labels } }]

function make(size: number, clock = new ManualClock()) {
  return { clock, store: new MemoryEventStore({ clock, size }) }
}

describe('events in memory', () => {
  it('keep the newest', async () => {
    const { store } = make(3)
    for (let i = 0; i < 5; i++) await store.append(newEvent(i, { label: 'a' }))
    const { events } = await store.read({ grants: onlyOf('a'), limit: 10 })
    expect(shown(events)).toEqual([2, 3, 4])
  })

  it('tell no gap to a reader of whose events none is gone, however many of others are', async () => {
    const { store } = make(100)
    const seen = await store.append(newEvent(0, { label: 'mine' }))
    for (let i = 1; i <= 350; i++) await store.append(newEvent(i, { label: 'other' }))
    await store.append(newEvent(351, { label: 'mine' }))
    const page = await store.read({ grants: onlyOf('mine'), after: seen.id, limit: 10 })
    expect(page).not.toHaveProperty('gap')
    expect(shown(page.events)).toEqual([351])
  })

  it('tell a gap exactly when something that the reader may see is gone', async () => {
    const labels = ['a', 'b', 'c']
    const event = fc.record({ label: fc.constantFrom(...labels), key: fc.constantFrom('1', '2') })
    const ofLabels = (own: string[]): Scope => ({ kind: 'labels', labels: own })
    const ofStreams = (streams: StreamScope[]): Scope => ({ kind: 'streams', streams })
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 30 }),
        fc.oneof(fc.subarray(labels, { minLength: 1 }).map(ofLabels), fc.array(event).map(ofStreams)),
        fc.nat(29),
        async (targets, scope, at) => {
          const size = 4
          const { store } = make(size)
          const grants: readonly Grant[] = [{ actions: ['view'], scope }]
          const all: LoggedEvent[] = []
          for (const [i, target] of targets.entries()) all.push(await store.append(newEvent(i, target)))
          const isMine = (each: LoggedEvent) => maySee({ grants }, each)
          const place = at % all.length
          const isGone = all.slice(place + 1, Math.max(0, all.length - size)).some(isMine)
          const { epoch } = await store.read({ grants, limit: 1 })
          const after = all[place]?.id
          // Whether the reader knows the log's epoch, and whether it saw the event itself.
          const readers = [{ after, epoch }, ...(all.slice(place, place + 1).some(isMine) ? [{ after }] : [])]
          for (const reader of readers) {
            const { gap } = await store.read({ grants, ...reader, limit: 100 })
            expect(gap !== undefined).toBe(isGone)
            const newestGone = all.slice(0, Math.max(0, all.length - size)).findLast(isMine)
            if (gap) expect(gap).toEqual({ missed_from: after, missed_to: newestGone?.id })
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('remember what is gone of so many streams, and take the others for one that everybody may see', async () => {
    const { store } = make(1)
    const mine = await store.append(newEvent(0, { label: 'mine' }))
    const read = () => store.read({ grants: onlyOf('mine'), after: mine.id, limit: 10 })
    for (let i = 0; i < MOST_KINDS; i++) await store.append(newEvent(i, { label: `other ${i}` }))
    expect(await read()).not.toHaveProperty('gap')
    await store.append(newEvent(0, { label: 'one more' }))
    expect(await read()).not.toHaveProperty('gap')
    await store.append(newEvent(0, { label: 'one more' }))
    await store.append(newEvent(0, { label: 'another' }))
    const { gap, events } = await read()
    expect([gap?.missed_from, events]).toEqual([mine.id, []])
    expect(await store.read({ grants: onlyOf('mine'), after: gap?.missed_to, limit: 10 })).not.toHaveProperty('gap')
  })

  it('go on from no place of the server before, also if the clock was set back between', async () => {
    for (const jump of [1, 0, -3_600_000]) {
      const { store: before, clock } = make(2)
      const seen = await before.append(newEvent(1, { label: 'a', timestamp: clock.now() }))
      clock.advance(jump)
      const { store } = make(2, clock)
      const read = () => store.read({ grants: onlyOf('a'), after: seen.id, limit: 10 })
      expect(await read()).toMatchObject({ events: [], gap: { missed_to: `${clock.now()}-0` } })
      // Until the id lies between those of this log, whose first events have been evicted.
      clock.advance(10 + Math.abs(jump))
      for (let i = 0; i < 5; i++) await store.append(newEvent(i, { label: 'b', timestamp: clock.now() }))
      expect(await read()).toMatchObject({ events: [], gap: { missed_from: seen.id } })
      await store.append(newEvent(9, { label: 'a', timestamp: clock.now() }))
      expect(shown((await read()).events)).toEqual([9])
    }
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appendTo, newEvent, shown } from '../../../test/support/event-stores.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { MemoryEventStore } from '../../../test/support/memory-event-store.ts'
import { ALL, type Grant, type Scope, type StreamScope } from '../../core/authorization.ts'
import { type LoggedEvent, maySee, weightOfEvent } from '../../core/event.ts'
import { isAfter } from '../../core/frame-id.ts'
import { MOST_KINDS } from './evicted-events.ts'

const onlyOf = (...labels: string[]): readonly Grant[] => [{ actions: ['view'], scope: { kind: 'labels', labels } }]

const everything: readonly Grant[] = [{ actions: ['view'], scope: ALL }]

function make(size: number, clock = new ManualClock(), bytes = 1e6) {
  return { clock, store: new MemoryEventStore({ clock, size, bytes }) }
}

describe('the kept events', () => {
  it('keep the newest', async () => {
    const { store } = make(3)
    for (let i = 0; i < 5; i++) await appendTo(store, newEvent(i, { label: 'a' }))
    const { events } = await store.read({ grants: onlyOf('a'), limit: 10 })
    expect(shown(events)).toEqual([2, 3, 4])
  })

  it('tell no gap to a reader of whose events none is gone, however many of others are', async () => {
    const { store } = make(100)
    const seen = await appendTo(store, newEvent(0, { label: 'mine' }))
    for (let i = 1; i <= 350; i++) await appendTo(store, newEvent(i, { label: 'other' }))
    await appendTo(store, newEvent(351, { label: 'mine' }))
    const page = await store.read({ grants: onlyOf('mine'), after: seen.id, limit: 10 })
    expect(page).not.toHaveProperty('gap')
    expect(shown(page.events)).toEqual([351])
  })

  it('tell a gap exactly when something that the reader may see is gone', async () => {
    const labels = ['a', 'b', 'c']
    // Large and small ones, so that now their number and now their size is too much.
    const event = fc.record({
      label: fc.constantFrom(...labels),
      key: fc.constantFrom('1', '2'),
      publisher: fc.constantFrom('key:1', 'key:2', undefined),
      data: fc.constantFrom('', 'x'.repeat(700)),
    })
    const ofLabels = (own: string[]): Scope => ({ kind: 'labels', labels: own })
    const ofStreams = (streams: StreamScope[]): Scope => ({
      kind: 'streams',
      streams: streams.map(({ label, key }) => ({ label, key })),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 30 }),
        fc.oneof(fc.subarray(labels, { minLength: 1 }).map(ofLabels), fc.array(event).map(ofStreams)),
        fc.nat(29),
        async (targets, scope, at) => {
          const { store } = make(6, undefined, 5000)
          const grants: readonly Grant[] = [{ actions: ['view'], scope }]
          const all: LoggedEvent[] = []
          for (const [i, target] of targets.entries()) all.push(await appendTo(store, newEvent(i, target)))
          const { events: kept, epoch } = await store.read({ grants: onlyOf(...labels), limit: 100 })
          expect(kept.length).toBeLessThanOrEqual(6)
          expect(kept.reduce((sum, each) => sum + weightOfEvent(each), 0)).toBeLessThanOrEqual(5000)
          const isMine = (each: LoggedEvent) => maySee({ grants }, each)
          const gone = all.filter((each) => isMine(each) && !kept.some(({ id }) => id === each.id))
          const place = at % all.length
          const after = all[place]?.id
          const isGone = gone.some(({ id }) => isAfter(id, after))
          // Whether the reader knows the log's epoch, and whether it saw the event itself.
          const readers = [{ after, epoch }, ...(all.slice(place, place + 1).some(isMine) ? [{ after }] : [])]
          for (const reader of readers) {
            const { gap, events } = await store.read({ grants, ...reader, limit: 100 })
            expect(gap !== undefined).toBe(isGone)
            if (gap) expect(gap).toEqual({ missed_from: after, missed_to: gone.at(-1)?.id })
            const rest = kept.filter((each) => isMine(each) && isAfter(each.id, after))
            if (!gap || 'epoch' in reader) expect(events).toEqual(rest)
            else expect(events).toEqual(expect.arrayContaining(rest))
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('of a label that takes most make room, so that nobody pushes out the events of others', async () => {
    const { store } = make(10)
    const mine: LoggedEvent[] = []
    for (let i = 0; i < 3; i++) mine.push(await appendTo(store, newEvent(i, { label: 'mine' })))
    for (let i = 3; i < 100; i++) await appendTo(store, newEvent(i, { label: 'flood' }))
    const page = await store.read({ grants: onlyOf('mine'), after: mine[0]?.id, limit: 10 })
    expect(shown(page.events)).toEqual([1, 2])
    expect(page).not.toHaveProperty('gap')
    const { events } = await store.read({ grants: onlyOf('flood'), limit: 100 })
    expect(shown(events)).toEqual([93, 94, 95, 96, 97, 98, 99])
    for (let i = 100; i < 120; i++) await appendTo(store, newEvent(i, { label: i % 2 ? 'mine' : 'flood' }))
    expect(shown((await store.read({ grants: onlyOf('mine'), limit: 100 })).events)).toHaveLength(5)
  })

  it('of a publisher that takes most make room, so that many labels push out no more than one', async () => {
    const { store } = make(100)
    for (let i = 0; i < 10; i++) await appendTo(store, newEvent(i, { label: 'mine', publisher: 'key:mine' }))
    for (let i = 10; i < 20; i++) await appendTo(store, newEvent(i, { label: 'south-1' }))
    for (let i = 20; i < 220; i++) await appendTo(store, newEvent(i, { label: `south-${i}`, publisher: 'key:flood' }))
    const { events } = await store.read({ grants: everything, limit: 1000 })
    const kept = shown(events)
    expect(kept.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, i) => i))
    // Of its labels, which have one each, those of the oldest.
    expect(kept.slice(20)).toEqual(Array.from({ length: 80 }, (_, i) => 140 + i))
  })

  it('of the label of that publisher that takes most make room first', async () => {
    const { store } = make(10)
    await appendTo(store, newEvent(0, { label: 'a', publisher: 'key:1' }))
    for (let i = 1; i < 15; i++) await appendTo(store, newEvent(i, { label: 'b', publisher: 'key:1' }))
    const { events } = await store.read({ grants: everything, limit: 100 })
    expect(shown(events)).toEqual([0, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  })

  it('are bounded by the memory they take, and the largest label makes room first', async () => {
    const large = { label: 'flood', data: Array(100).fill([]) }
    const { store } = make(1000, undefined, 20_000)
    await appendTo(store, newEvent(0, { label: 'mine' }))
    for (let i = 1; i < 100; i++) await appendTo(store, { ...newEvent(i), ...large })
    const { events } = await store.read({ grants: onlyOf('mine', 'flood'), limit: 1000 })
    expect(events.map(({ label }) => label)).toEqual(['mine', 'flood', 'flood', 'flood'])
    // One that is larger than all is not kept, and takes nobody's place.
    const seen = events.at(-1)?.id
    await appendTo(store, { ...newEvent(100), label: 'other', data: 'x'.repeat(20_000) })
    expect(shown((await store.read({ grants: onlyOf('mine'), limit: 10 })).events)).toEqual([0])
    expect(await store.read({ grants: onlyOf('other'), after: seen, limit: 10 })).toMatchObject({
      events: [],
      gap: { missed_from: seen },
    })
  })

  it('remember what is gone of so many streams, and take the others for one that everybody may see', async () => {
    const { store } = make(1)
    const mine = await appendTo(store, newEvent(0, { label: 'mine' }))
    const read = () => store.read({ grants: onlyOf('mine'), after: mine.id, limit: 10 })
    for (let i = 0; i < MOST_KINDS; i++) await appendTo(store, newEvent(i, { label: `other ${i}` }))
    expect(await read()).not.toHaveProperty('gap')
    await appendTo(store, newEvent(0, { label: 'one more' }))
    expect(await read()).not.toHaveProperty('gap')
    await appendTo(store, newEvent(0, { label: 'one more' }))
    await appendTo(store, newEvent(0, { label: 'another' }))
    const { gap, events } = await read()
    expect([gap?.missed_from, events]).toEqual([mine.id, []])
    expect(await store.read({ grants: onlyOf('mine'), after: gap?.missed_to, limit: 10 })).not.toHaveProperty('gap')
  })

  it('go on from no place of the server before, also if the clock was set back between', async () => {
    for (const jump of [1, 0, -3_600_000]) {
      const { store: before, clock } = make(2)
      const seen = await appendTo(before, newEvent(1, { label: 'a', timestamp: clock.now() }))
      clock.setBy(jump)
      const { store } = make(2, clock)
      const read = () => store.read({ grants: onlyOf('a'), after: seen.id, limit: 10 })
      expect(await read()).toMatchObject({ events: [], gap: { missed_to: `${clock.now()}-0` } })
      // Until the id lies between those of this log, whose first events have been evicted.
      clock.advance(10 + Math.abs(jump))
      for (let i = 0; i < 5; i++) await appendTo(store, newEvent(i, { label: 'b', timestamp: clock.now() }))
      expect(await read()).toMatchObject({ events: [], gap: { missed_from: seen.id } })
      await appendTo(store, newEvent(9, { label: 'a', timestamp: clock.now() }))
      expect(shown((await read()).events)).toEqual([9])
    }
  })
})

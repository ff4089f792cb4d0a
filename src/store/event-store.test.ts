import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { appendTo, EVENT_STORES, newEvent, shown } from '../../test/support/event-stores.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { TestRedis } from '../../test/support/redis-server.ts'
import { ALL, type Grant } from '../core/authorization.ts'
import { type LoggedEvent, maySee, weightOfEvent } from '../core/event.ts'
import type { EventPage, EventStore } from '../core/event-store.ts'
import { isAfter } from '../core/frame-id.ts'

const everything: readonly Grant[] = [{ actions: ['view', 'administer'], scope: ALL }]
const onlyOf = (...labels: string[]): readonly Grant[] => [{ actions: ['view'], scope: { kind: 'labels', labels } }]

const redis = TestRedis.ofFile()

describe.each(EVENT_STORES)('the event store in $name', ({ open, runs }) => {
  async function make(size = 100) {
    const clock = new ManualClock()
    const store = await open({ clock, size, redis })
    onTestFinished(() => store.close())
    /** Appends events of these labels, with numbers from `first` on. */
    const append = async (labels: readonly (string | undefined)[], first = 0) => {
      const events: LoggedEvent[] = []
      for (const [i, label] of labels.entries()) events.push(await appendTo(store, newEvent(first + i, { label })))
      return events
    }
    return { clock, store, append }
  }

  /** All events that a reader gets, page by page, until there are no more. */
  async function readOn(store: EventStore, grants: readonly Grant[], { position, epoch }: EventPage, limit = 100) {
    const pages: EventPage[] = []
    let after = position
    for (let hasMore = true; hasMore; ) {
      const page = await store.read({ grants, after, epoch, limit })
      pages.push(page)
      after = page.position
      hasMore = page.hasMore
    }
    return pages
  }

  it('gives events back as they were, with ids that rise also when the clock is set back', async () => {
    const { store } = await make()
    const given = newEvent(1, { label: 'site', key: 'cam', priority: 'HIGH', data: { a: [null, 'ä', 0.5] } })
    const first = await appendTo(store, given)
    expect(first).toEqual({ ...given, id: first.id, receipt: first.receipt })
    const second = await appendTo(store, newEvent(2, { timestamp: given.timestamp - 5000 }))
    const third = await appendTo(store, newEvent(3, { timestamp: given.timestamp + 5000 }))
    expect([isAfter(second.id, first.id), isAfter(third.id, second.id)]).toEqual([true, true])
    expect(third.id).toBe(`${given.timestamp + 5000}-0`)
    const { events, epoch } = await store.read({ grants: everything, limit: 10 })
    expect(events).toEqual([first, second, third])
    expect(isAfter(first.id, epoch)).toBe(true)
  })

  it('keeps events in the order in which they were given to it', async () => {
    const { store } = await make()
    const events = await Promise.all(Array.from({ length: 50 }, (_, i) => appendTo(store, newEvent(i))))
    const page = await store.read({ grants: everything, limit: 100 })
    expect(page.events).toEqual(events)
    expect(shown(page.events)).toEqual(events.map((_event, i) => i))
  })

  it('gives the newest to who comes without a place, and counts the limit in what that one may see', async () => {
    const { store, append } = await make()
    await append(['a', 'b', undefined, 'a', 'b', 'b'])
    const read = async (grants: readonly Grant[], limit: number) => shown((await store.read({ grants, limit })).events)
    expect(await read(everything, 10)).toEqual([0, 1, 2, 3, 4, 5])
    expect(await read(everything, 2)).toEqual([4, 5])
    expect(await read(onlyOf('a'), 2)).toEqual([0, 3])
    expect(await read(onlyOf('a'), 1)).toEqual([3])
    expect(await read(onlyOf('c'), 1)).toEqual([])
    expect(await read([], 1)).toEqual([])
  })

  it('goes on from the last event that was seen', async () => {
    const { store, append } = await make()
    const [first, , third, last] = await append(['a', 'b', 'a', 'a'])
    const read = (after: string | undefined, limit = 10) => store.read({ grants: onlyOf('a'), after, limit })
    expect(shown((await read(first?.id)).events)).toEqual([2, 3])
    expect(await read(first?.id, 1)).toMatchObject({ position: third?.id, hasMore: true })
    expect(shown((await read(third?.id, 1)).events)).toEqual([3])
    expect(await read(last?.id)).toEqual({ events: [], position: last?.id, epoch: expect.any(String), hasMore: false })
  })

  it('tells a reader how far it has looked, also past what is not for that reader', async () => {
    const { store, append } = await make(5)
    const start = await store.read({ grants: onlyOf('a'), limit: 10 })
    expect(start).toEqual({ events: [], position: start.epoch, epoch: start.epoch, hasMore: false })
    let place = start
    for (let i = 0; i < 10; i++) {
      const others = await append(['b', 'b', 'b'])
      const pages = await readOn(store, onlyOf('a'), place)
      expect(pages.flatMap(({ events }) => events)).toEqual([])
      for (const page of pages) expect(page).not.toHaveProperty('gap')
      place = pages.at(-1) ?? place
      expect(place.position).toBe(others.at(-1)?.id)
    }
    await append(['b', 'a'], 100)
    const [page] = await readOn(store, onlyOf('a'), place)
    expect(shown(page?.events ?? [])).toEqual([101])
  })

  it('takes an id that it has not given for no place, and gives all that it keeps and the gap', async () => {
    const { store, append } = await make()
    const { epoch } = await store.read({ grants: everything, limit: 1 })
    const [first] = await append(['a', 'b', 'a'])
    const before = `${Number.parseInt(epoch, 10) - 1000}-0`
    for (const after of [before, '1-0', '9999999999999-0', 'x', '', '-1', '1-2-3']) {
      const page = await store.read({ grants: onlyOf('a'), after, limit: 10 })
      expect(shown(page.events), after).toEqual([0, 2])
      expect(page.gap?.missed_from).toBe(after)
      const again = await store.read({ grants: onlyOf('a'), after: page.gap?.missed_to, limit: 10 })
      expect(again, after).not.toHaveProperty('gap')
      expect(again.events).toEqual(page.events)
    }
    const strange = { grants: everything, after: first?.id, epoch: '1-0', limit: 10 } as const
    expect(await store.read(strange)).toHaveProperty('gap.missed_from', first?.id)
  })

  it('has a position that is not before the place of the reader, and passes nothing that it was not asked for', async () => {
    const { store, append } = await make(3)
    const { epoch } = await store.read({ grants: everything, limit: 1 })
    const all = await append(['a', 'b', 'b', 'b', 'b', 'b', 'a'])
    const places = [epoch, ...all.map(({ id }) => id)]
    for (const after of places)
      for (const before of places) {
        const { position, events } = await store.read({ grants: everything, after, epoch, before, limit: 10 })
        expect(isAfter(after, position), `${after} ${before}`).toBe(false)
        const rest = await store.read({ grants: everything, after: position, epoch, limit: 10 })
        const unread = all.slice(-3).filter(({ id }) => isAfter(id, after) && !isAfter(before, id))
        expect(rest.events.slice(-unread.length)).toEqual(unread)
        expect(events.every(({ id }) => isAfter(before, id))).toBe(true)
      }
  })

  it('tells who was away for too long that something is gone, and where to go on', async () => {
    const { store, append } = await make(3)
    const [first] = await append(['a', 'a', 'a', 'a', 'a', 'a'])
    const { events, gap } = await store.read({ grants: everything, after: first?.id, limit: 10 })
    expect(gap?.missed_from).toBe(first?.id)
    expect(shown(events).at(-1)).toBe(5)
    const again = await store.read({ grants: everything, after: gap?.missed_to, limit: 10 })
    expect(again).toEqual({ ...again, events })
    expect(again).not.toHaveProperty('gap')
  })

  it('shows what is the administrators’ to nobody else, whatever they may view', async () => {
    const { store } = await make()
    await appendTo(store, newEvent(0, { needs: 'administer' }))
    await appendTo(store, newEvent(1, { needs: 'administer', label: 'a' }))
    await appendTo(store, newEvent(2, { needs: 'view' }))
    const read = async (grants: readonly Grant[]) => shown((await store.read({ grants, limit: 1 })).events)
    expect(await read(everything)).toEqual([2])
    expect(await read([{ actions: ['view', 'publish', 'command'], scope: ALL }])).toEqual([2])
    expect(await read([{ actions: ['administer'], scope: ALL }])).toEqual([1])
    expect(await read(onlyOf('a'))).toEqual([])
  })

  it('asks each kind of scope of a reader, and several together', async () => {
    const { store } = await make()
    for (const [i, target] of [{ label: 'ab', key: '1' }, { label: 'ab', key: '2' }, { label: 'b' }, {}].entries())
      await appendTo(store, newEvent(i, target))
    const read = async (...scopes: Grant['scope'][]) => {
      const grants = scopes.map((scope): Grant => ({ actions: ['view'], scope }))
      return shown((await store.read({ grants, limit: 10 })).events)
    }
    expect(await read(ALL)).toEqual([0, 1, 2, 3])
    expect(await read({ kind: 'labels', labels: ['b', 'a'] })).toEqual([2])
    expect(await read({ kind: 'patterns', patterns: ['a?', '**x'] })).toEqual([0, 1])
    expect(await read({ kind: 'streams', streams: [{ label: 'ab', key: '2' }] })).toEqual([1])
    expect(await read({ kind: 'streams', streams: [{ label: 'ab' }] })).toEqual([0, 1])
    expect(
      await read({ kind: 'streams', streams: [{ label: 'ab', key: '1' }] }, { kind: 'labels', labels: ['b'] }),
    ).toEqual([0, 2])
  })

  it('wakes who has subscribed when there is something to read, and no longer who has stopped', async () => {
    const { store, append } = await make()
    const woken: string[] = []
    const stop = store.subscribe(() => woken.push('first'))
    store.subscribe(() => woken.push('second'))
    await append(['a'])
    expect(woken).toEqual(['first', 'second'])
    stop()
    await append(['a'])
    expect(woken).toEqual(['first', 'second', 'second'])
  })

  it('ends a page before its events take too much memory, and goes on from there', async () => {
    const { store } = await make()
    for (let i = 0; i < 10; i++) await appendTo(store, newEvent(i, { label: 'a' }))
    const [event] = (await store.read({ grants: everything, limit: 1 })).events
    const bytes = 3 * weightOfEvent(event ?? newEvent(0)) + 1
    const start = await store.read({ grants: onlyOf('b'), after: '1-0', limit: 1 })
    const query = { grants: onlyOf('a'), epoch: start.epoch, limit: 100, bytes }
    const pages: unknown[][] = []
    for (let after: string = start.epoch, hasMore = true; hasMore; ) {
      const page = await store.read({ ...query, after })
      pages.push(shown(page.events))
      ;({ position: after, hasMore } = page)
    }
    expect(pages).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]])
    expect(shown((await store.read({ ...query, after: undefined })).events)).toEqual([7, 8, 9])
    // One event is returned however large it is.
    expect(shown((await store.read({ ...query, after: start.epoch, bytes: 1 })).events)).toEqual([0])
    expect(shown((await store.read({ ...query, after: undefined, bytes: 1 })).events)).toEqual([9])
  })

  it('is well until it is closed, and then refuses', async () => {
    const { store, append } = await make()
    await append(['a'])
    expect(store.health()).toEqual({ isHealthy: true })
    await store.close()
    expect(store.health()).toEqual({ isHealthy: false, reason: expect.any(String) })
    await expect(append(['a'])).rejects.toThrow(/closed/)
    await expect(store.read({ grants: everything, limit: 1 })).rejects.toThrow(/closed/)
  })

  it('loses and repeats nothing, whoever reads whenever, without a gap that says so', async () => {
    const labels = ['a', 'b', undefined]
    const readers = [onlyOf('a'), onlyOf('b'), onlyOf('a', 'b'), everything]
    const step = fc.oneof(
      fc.record({
        label: fc.constantFrom(...labels),
        publisher: fc.constantFrom('key:1', undefined),
        count: fc.integer({ min: 1, max: 4 }),
      }),
      fc.record({ wait: fc.integer({ min: -2, max: 2 }) }),
      fc.record({
        reader: fc.nat(readers.length - 1),
        limit: fc.integer({ min: 1, max: 5 }),
        goesOnFrom: fc.constantFrom('position', 'event'),
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const size = 5
        const clock = new ManualClock()
        const store = await open({ clock, size, redis })
        const all: LoggedEvent[] = []
        const start = await store.read({ grants: everything, limit: 1 })
        /** The position of each reader, and how many events there were when it last read to the end. */
        const places = readers.map(() => ({ after: start.position as string, epoch: start.epoch, seen: 0 }))
        for (const step of steps) {
          if ('wait' in step) clock.advance(step.wait)
          else if ('label' in step)
            for (let i = 0; i < step.count; i++) {
              const given = newEvent(all.length, {
                label: step.label,
                publisher: step.publisher,
                timestamp: clock.now(),
              })
              all.push(await appendTo(store, given))
            }
          else {
            const grants = readers[step.reader] ?? []
            const place = places[step.reader]
            if (!place) continue
            const { after, epoch, seen } = place
            const byEvent = step.goesOnFrom === 'event'
            const page = await store.read({ grants, after, limit: step.limit, ...(!byEvent && { epoch }) })
            const visible = (events: readonly LoggedEvent[]) => events.filter((event) => maySee({ grants }, event))
            const { events: kept } = await store.read({ grants: everything, limit: all.length + 1 })
            const { gap } = page
            if (gap) {
              const isKept = ({ id }: LoggedEvent) => kept.some((event) => event.id === id)
              const missing = visible(all.slice(seen)).filter((event) => !isKept(event))
              // Who does not say which log its position is from may be told of a gap in vain, if that is gone.
              if (!byEvent || kept.some(({ id }) => id === after)) expect(missing).not.toEqual([])
              for (const { id } of missing) expect(isAfter(id, gap.missed_to)).toBe(false)
              // And may get everything again.
              const rest = [kept.filter(({ id }) => isAfter(id, all[seen - 1]?.id)), ...(byEvent ? [kept] : [])]
              expect(rest.map((events) => visible(events).slice(0, step.limit))).toContainEqual(page.events)
            } else {
              expect(page.events).toEqual(visible(all.slice(seen)).slice(0, step.limit))
            }
            const newest = page.events.at(-1)
            place.seen = all.findLastIndex(({ id }) => !isAfter(id, page.position)) + 1
            // A reader may remember only the last event it saw, and continue from that one.
            place.after = byEvent && newest ? newest.id : page.position
            if (byEvent && newest) place.seen = Number(newest.data) + 1
          }
        }
        await store.close()
      }),
      { numRuns: runs },
    )
  })
})

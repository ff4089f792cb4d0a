import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { happening, shown, somebody } from '../../test/support/event-stores.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { MemoryEventStore } from '../../test/support/memory-event-store.ts'
import type { LoggedEvent, ShownEvent } from './event.ts'
import type { EventCursor } from './event-cursor.ts'
import { EventLog } from './event-log.ts'
import type { EventPage, EventQuery, EventStore } from './event-store.ts'

const all = somebody().principal

/** A store whose responses the test delays: it has read already, but the result is pending. */
class SlowStore extends MemoryEventStore implements EventStore {
  readonly #waiting: { readonly answer: () => void; readonly fail: (error: Error) => void }[] = []

  /** How many responses are pending. */
  get waiting(): number {
    return this.#waiting.length
  }

  override async read(query: EventQuery): Promise<EventPage> {
    const page = await super.read(query)
    await new Promise<void>((answer, fail) => this.#waiting.push({ answer, fail }))
    return page
  }

  override async acknowledge(...args: Parameters<EventStore['acknowledge']>): Promise<LoggedEvent | undefined> {
    await new Promise<void>((answer, fail) => this.#waiting.push({ answer, fail }))
    return super.acknowledge(...args)
  }

  /** Delivers the oldest response. */
  answer(): void {
    this.#waiting.shift()?.answer()
  }

  /** Fails the oldest response. */
  fail(): void {
    this.#waiting.shift()?.fail(new Error('the disk is gone'))
  }
}

function makeLog({ size = 100, slow = false, eventsPerMinute = 1000, pageBytes = 1e6 } = {}) {
  const clock = new ManualClock()
  const errors: string[] = []
  const log = { error: (_fields: object, message: string) => errors.push(message), warn() {}, info() {} }
  const store = new SlowStore({ clock, size, bytes: 1e6 })
  const fast = slow ? store : new MemoryEventStore({ clock, size, bytes: 1e6 })
  return {
    log: new EventLog({
      clock,
      log,
      store: fast,
      inNextTurn: setImmediate,
      pageSize: size,
      pageBytes,
      eventsPerMinute,
    }),
    store,
    clock,
    errors,
  }
}

async function appendAll(log: EventLog, numbers: readonly number[], label?: string): Promise<ShownEvent[]> {
  const events: ShownEvent[] = []
  for (const number of numbers) events.push((await log.append(all, happening(number, { label }))).event)
  return events
}

/** The numbers of the events in the next page. */
const numbersOf = async (cursor: EventCursor) => shown((await cursor.next())?.events ?? [])

/** Lets all pending promises settle. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the event log', () => {
  it('gives each event a time and an id above the one before, also when the clock is set back', async () => {
    const { log, clock } = makeLog()
    const { event: first } = await log.append(all, happening(1, { priority: 'HIGH', label: 'site', key: 'cam' }))
    expect(first).toEqual({
      id: '1800000000000-1',
      timestamp: 1_800_000_000_000,
      type: 'test',
      source: 'a test',
      priority: 'HIGH',
      label: 'site',
      key: 'cam',
      data: 1,
    })
    clock.setBy(-5000)
    const { event: second } = await log.append(all, happening(2))
    expect(second).toMatchObject({ id: '1800000000000-2', timestamp: 1_799_999_995_000, priority: 'NORMAL' })
    clock.advance(6000)
    expect(await log.append(all, happening(3))).toMatchObject({ event: { id: '1800000001000-0' }, isStored: true })
  })

  it('notes who published, those with priority as one', async () => {
    const { log } = makeLog()
    const key = { ...somebody(['publish'], ['site']).principal, id: 'key:1' }
    expect(await log.append(key, happening(1, { label: 'site' }))).toMatchObject({ event: { publisher: 'key:1' } })
    expect((await log.append(all, happening(2))).event.publisher).toBeUndefined()
  })

  it('is acknowledged by nobody who has lost the right by the time it is written', async () => {
    const { log, store } = makeLog({ slow: true })
    const [event] = await appendAll(log, [1])
    const { principal, end } = somebody(['view', 'acknowledge'])
    const id = event?.id ?? '0-0'
    const acknowledged = log.acknowledge(principal, id)
    await settled()
    end()
    store.answer()
    await expect(acknowledged).rejects.toMatchObject({ code: 'unauthenticated' })
    expect((await log.find(all, id)).acknowledged).toBeUndefined()
  })

  it('gives what is kept, the newest or what came after a place', async () => {
    const { log } = makeLog({ size: 3 })
    const [, , third] = await appendAll(log, [1, 2, 3, 4, 5])
    expect(shown((await log.read(all)).events)).toEqual([3, 4, 5])
    expect(shown((await log.read(all, { limit: 2 })).events)).toEqual([4, 5])
    const { position, epoch } = await log.read(all, { after: third?.id, limit: 1 })
    expect(shown((await log.read(all, { after: position, epoch })).events)).toEqual([5])
    expect(await log.read(all, { after: 'x' })).toHaveProperty('gap.missed_from', 'x')
  })

  it('takes so many events a minute from each principal, and any number from the server itself', async () => {
    const { log, clock } = makeLog({ eventsPerMinute: 2 })
    const append = (id: string, kind: 'key' | 'system' = 'key') => log.append({ ...all, id, kind }, happening(1))
    for (const id of ['key:1', 'key:1', 'key:2']) await append(id)
    await expect(append('key:1')).rejects.toMatchObject({
      code: 'limited',
      retryAfter: 60,
      message: 'At most 2 events a minute (limits.events_per_minute); try again in 60 s.',
      limit: 'limits.events_per_minute',
    })
    for (let i = 0; i < 5; i++) await append('system:x', 'system')
    clock.advance(60_000)
    await append('key:1')
    expect((await log.read(all)).events).toHaveLength(9)
  })

  it('gives and follows pages that do not take too much memory', async () => {
    const { log } = makeLog({ pageBytes: 1000 })
    await appendAll(log, [1, 2, 3, 4, 5, 6, 7])
    expect(shown((await log.read(all)).events)).toEqual([5, 6, 7])
    const { epoch } = await log.read(all)
    const cursor = log.open(all, { after: epoch, epoch, wake() {} })
    expect([await numbersOf(cursor), await numbersOf(cursor), await numbersOf(cursor)]).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7],
    ])
  })

  it('takes only what the principal may publish', async () => {
    const { log } = makeLog()
    const { principal } = somebody(['publish'], ['mine'])
    await log.append(principal, happening(1, { label: 'mine', key: 'cam' }))
    await log.append(principal, happening(2, { label: 'mine' }))
    await expect(log.append(principal, happening(3, { label: 'other' }))).rejects.toThrow(/may not publish "other"/)
    await expect(log.append(principal, happening(4))).rejects.toThrow(/may not publish what belongs to no label/)
    expect(shown((await log.read(all)).events)).toEqual([1, 2])
  })

  it('shows only what the principal may see, and counts its limit in that', async () => {
    const { log } = makeLog()
    const labels = ['mine', 'other', undefined, 'mine', 'other']
    for (const [i, label] of labels.entries()) await log.append(all, happening(i, { label }))
    const { principal } = somebody(['view'], ['mine'])
    expect(shown((await log.read(principal)).events)).toEqual([0, 3])
    expect(shown((await log.read(principal, { limit: 1 })).events)).toEqual([3])
    const after = (await log.read(all)).events[0]?.id
    expect(shown((await log.read(principal, { after, limit: 1 })).events)).toEqual([3])
    let wakes = 0
    const cursor = log.open(principal, { after, wake: () => wakes++ })
    expect(await numbersOf(cursor)).toEqual([3])
    await log.append(all, happening(5, { label: 'other' }))
    await log.append(all, happening(6, { label: 'mine' }))
    expect(wakes).toBe(1)
    expect(await numbersOf(cursor)).toEqual([6])
  })

  it('is closed to who may see nothing', async () => {
    const { log } = makeLog()
    const { principal } = somebody(['publish'])
    await expect(log.read(principal)).rejects.toThrow(/may not view/)
    expect(() => log.open(principal, { wake() {} })).toThrow(/may not view/)
  })

  it('gives nothing to who has ended while the store answered', async () => {
    const { log, store } = makeLog({ slow: true })
    await appendAll(log, [1])
    const { principal, end } = somebody()
    const reading = log.read(principal)
    const cursor = log.open(principal, { wake() {} })
    const page = cursor.next()
    await settled()
    expect(store.waiting).toBe(2)
    end()
    store.answer()
    store.answer()
    await expect(reading).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(await page).toBeUndefined()
    expect(() => log.open(principal, { wake() {} })).toThrow('No longer allowed')
    await expect(log.read(principal)).rejects.toThrow('No longer allowed')
  })
})

describe('a cursor', () => {
  it('goes on from what was kept to what comes', async () => {
    const { log } = makeLog()
    await appendAll(log, [1, 2, 3])
    let wakes = 0
    const cursor = log.open(all, { limit: 2, wake: () => wakes++ })
    expect(await cursor.next()).toMatchObject({ hasMore: false })
    expect(await numbersOf(cursor)).toEqual([])
    expect(wakes).toBe(0)
    await appendAll(log, [4, 5, 6])
    expect(wakes).toBe(1)
    expect(await cursor.next()).toMatchObject({ hasMore: true })
    expect(await numbersOf(cursor)).toEqual([6])
    await appendAll(log, [7])
    expect(wakes).toBe(2)
    expect(await numbersOf(cursor)).toEqual([7])
  })

  it('wakes its user when something comes while the store answers', async () => {
    const { log, store } = makeLog({ slow: true })
    let wakes = 0
    const cursor = log.open(all, { wake: () => wakes++ })
    const page = cursor.next()
    await settled()
    await appendAll(log, [1])
    expect(wakes).toBe(1)
    store.answer()
    expect((await page)?.events).toEqual([])
    const next = numbersOf(cursor)
    await settled()
    store.answer()
    expect(await next).toEqual([1])
  })

  it('gives pages that are asked for together one after another', async () => {
    const { log } = makeLog()
    await appendAll(log, [1, 2, 3])
    const after = (await log.read(all, { limit: 3 })).epoch
    const cursor = log.open(all, { after, limit: 1, wake() {} })
    const pages = await Promise.all([numbersOf(cursor), numbersOf(cursor), numbersOf(cursor), numbersOf(cursor)])
    expect(pages).toEqual([[1], [2], [3], []])
  })

  it('asks for the same again after the store has failed', async () => {
    const { log, store } = makeLog({ slow: true })
    await appendAll(log, [1])
    const cursor = log.open(all, { wake() {} })
    const failed = cursor.next()
    await settled()
    store.fail()
    await expect(failed).rejects.toThrow('the disk is gone')
    const page = numbersOf(cursor)
    await settled()
    store.answer()
    expect(await page).toEqual([1])
  })

  it('is told of a gap, once', async () => {
    const { log } = makeLog({ size: 2 })
    const [first] = await appendAll(log, [1, 2, 3, 4])
    const cursor = log.open(all, { after: first?.id, limit: 1, wake() {} })
    const page = await cursor.next()
    expect(shown(page?.events ?? [])).toEqual([3])
    expect(page?.gap?.missed_from).toBe(first?.id)
    expect(await cursor.next()).not.toHaveProperty('gap')
  })

  it('gives nothing more when it is closed, its principal has ended or the log is closed, and says so', async () => {
    const { log } = makeLog()
    const { principal, end } = somebody()
    const woken: string[] = []
    const open = (name: string, who = all) => log.open(who, { wake: () => woken.push(name) })
    const cursors = [open('left'), open('ended', principal), open('stopped')]
    cursors[0]?.close()
    end()
    log.close()
    expect(woken).toEqual(['left', 'ended', 'stopped'])
    await appendAll(log, [1])
    for (const cursor of cursors) {
      cursor.close()
      expect([cursor.isClosed, await cursor.next()]).toEqual([true, undefined])
    }
    expect(woken).toHaveLength(3)
  })

  it('wakes its user though that of another fails', async () => {
    const { log, errors } = makeLog()
    let wakes = 0
    log.open(all, {
      wake() {
        throw new Error('a fault of the reader')
      },
    })
    log.open(all, { wake: () => wakes++ })
    await appendAll(log, [1])
    expect(wakes).toBe(1)
    expect(errors).toEqual(['a reader of events failed when it was woken'])
  })

  it('loses and repeats nothing, however appends and answers fall', async () => {
    const step = fc.constantFrom('append mine', 'append another', 'answer', 'fail', 'go on', 'go on')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), async (steps, limit) => {
        const { log, store } = makeLog({ slow: true })
        const { principal } = somebody(['view'], ['mine'])
        const got: unknown[] = []
        let next = 0
        let isAsked = true
        let isReading = false
        const cursor: EventCursor = log.open(principal, { limit, after: '1800000000000-0', wake: () => go() })
        const go = () => {
          isAsked = true
          if (isReading) return
          isReading = true
          isAsked = false
          cursor.next().then(
            (page) => {
              isReading = false
              expect(page).not.toHaveProperty('gap')
              got.push(...shown(page?.events ?? []))
              if (isAsked || page?.hasMore) go()
            },
            () => {
              isReading = false
              isAsked = true
            },
          )
        }
        for (const step of [...steps, ...Array.from({ length: 80 }, () => 'last answers')]) {
          if (step === 'append mine') await log.append(all, happening(next++, { label: 'mine' }))
          else if (step === 'append another') await log.append(all, happening(-1, { label: 'other' }))
          else if (step === 'fail') store.fail()
          else if (step === 'answer') store.answer()
          else if (step === 'last answers') store.answer()
          if ((step === 'go on' || step === 'last answers') && isAsked) go()
          if (step !== 'go on') await settled()
        }
        expect(got).toEqual(Array.from({ length: next }, (_, i) => i))
      }),
      { numRuns: 60 },
    )
  })
})

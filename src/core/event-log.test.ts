import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/support/clock.ts'
import { type EventInput, EventLog, type LoggedEvent } from './event-log.ts'
import { isAfter } from './frame-id.ts'
import type { Principal } from './principal.ts'
import { type Action, ALL } from './rights.ts'

/** Somebody who may do these things with these labels, or with all. */
function somebody(actions: Action[] = ['view', 'publish'], labels?: string[]) {
  const end = new AbortController()
  const principal: Principal = {
    id: 'somebody',
    name: 'somebody',
    kind: 'user',
    grants: [{ actions, scope: labels ? { kind: 'labels', labels } : ALL }],
    ended: end.signal,
  }
  return { principal, end: () => end.abort('signed out') }
}

const all = somebody().principal

function makeLog(size = 100, clock = new ManualClock()) {
  const errors: string[] = []
  const log = { error: (_fields: object, message: string) => errors.push(message), warn() {}, info() {} }
  return { log: new EventLog({ clock, log, size }), clock, errors }
}

const happening = (data: number, more: Partial<EventInput> = {}): EventInput => ({
  type: 'test',
  source: 'a test',
  data,
  ...more,
})

const shown = (events: readonly LoggedEvent[]) => events.map(({ data }) => data)

async function appendAll(log: EventLog, numbers: readonly number[]): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = []
  for (const number of numbers) events.push(await log.append(all, happening(number)))
  return events
}

describe('the event log', () => {
  it('gives each event a time and an id above the one before, also when the clock is set back', async () => {
    const { log, clock } = makeLog()
    const first = await log.append(all, happening(1, { priority: 'HIGH', label: 'site', key: 'cam' }))
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
    clock.advance(-5000)
    const second = await log.append(all, happening(2))
    expect(second).toMatchObject({ id: '1800000000000-2', timestamp: 1_799_999_995_000, priority: 'NORMAL' })
    clock.advance(6000)
    expect(await log.append(all, happening(3))).toMatchObject({ id: '1800000001000-0' })
  })

  it('keeps the newest, and gives those to who asks without a place', async () => {
    const { log } = makeLog(3)
    await appendAll(log, [1, 2, 3, 4, 5])
    expect(log.read(all)).toEqual({ events: expect.any(Array) })
    expect(shown(log.read(all).events)).toEqual([3, 4, 5])
    expect(shown(log.read(all, { limit: 2 }).events)).toEqual([4, 5])
  })

  it('goes on after the last event that a reader saw', async () => {
    const { log } = makeLog(10)
    const [first, , third, last] = await appendAll(log, [1, 2, 3, 4])
    expect(shown(log.read(all, { after: first?.id }).events)).toEqual([2, 3, 4])
    expect(shown(log.read(all, { after: first?.id, limit: 2 }).events)).toEqual([2, 3])
    expect(log.read(all, { after: third?.id })).not.toHaveProperty('gap')
    expect(log.read(all, { after: last?.id })).toEqual({ events: [] })
  })

  it('tells a reader whose place has left it what may be missing, and that is a place to go on from', async () => {
    const { log } = makeLog(2)
    const [first, second] = await appendAll(log, [1, 2, 3])
    expect(log.read(all, { after: first?.id })).not.toHaveProperty('gap')
    await appendAll(log, [4])
    const { events, gap } = log.read(all, { after: first?.id })
    expect(gap).toEqual({ missed_from: first?.id, missed_to: second?.id })
    expect(shown(events)).toEqual([3, 4])
    const again = log.read(all, { after: gap?.missed_to })
    expect(again).toEqual({ events })
  })

  it('that was restarted goes on from no place of the one before, also if the clock was set back between', async () => {
    for (const jump of [1, 0, -3_600_000]) {
      const { log: before, clock } = makeLog()
      const [seen] = await appendAll(before, [1])
      clock.advance(jump)
      const { log } = makeLog(100, clock)
      const start = `${clock.now()}-0`
      expect(log.read(all, { after: seen?.id })).toEqual({
        events: [],
        gap: { missed_from: seen?.id, missed_to: start },
      })
      expect(log.read(all, { after: start })).toEqual({ events: [] })
      clock.advance(10)
      await appendAll(log, [2])
      expect(log.read(all, { after: seen?.id })).toHaveProperty('gap.missed_to', start)
      expect(shown(log.read(all, { after: seen?.id }).events)).toEqual([2])
    }
  })

  it('goes on from no text that is no id', () => {
    const { log } = makeLog()
    for (const after of ['', 'x', '1-2-3', '-1']) expect(log.read(all, { after }), after).toHaveProperty('gap')
  })

  it('loses nothing for a reader who goes on, however far apart it reads, without a gap that says so', async () => {
    const step = fc.oneof(
      fc.record({ append: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ wait: fc.integer({ min: -2, max: 2 }) }),
      fc.record({ read: fc.integer({ min: 1, max: 5 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { log, clock } = makeLog(5)
        let next = 0
        let seen = -1
        let place = log.read(all, { after: 'nothing yet' }).gap?.missed_to
        for (const step of steps) {
          if ('append' in step) for (let i = 0; i < step.append; i++) await log.append(all, happening(next++))
          else if ('wait' in step) clock.advance(step.wait)
          else {
            const { events, gap } = log.read(all, { after: place, limit: step.read })
            for (const { id, data } of events) {
              if (gap === undefined) expect(data).toBe(seen + 1)
              else expect(data).toBeGreaterThan(seen)
              expect(isAfter(id, place)).toBe(true)
              seen = Number(data)
              place = id
              if (gap) break
            }
          }
        }
      }),
    )
  })

  it('takes only what the principal may publish', async () => {
    const { log } = makeLog()
    const { principal } = somebody(['publish'], ['mine'])
    await log.append(principal, happening(1, { label: 'mine', key: 'cam' }))
    await log.append(principal, happening(2, { label: 'mine' }))
    await expect(log.append(principal, happening(3, { label: 'other' }))).rejects.toThrow(/may not publish "other"/)
    await expect(log.append(principal, happening(4))).rejects.toThrow(/may not publish what belongs to no label/)
    expect(shown(log.read(all).events)).toEqual([1, 2])
  })

  it('shows only what the principal may see, and counts its limit in that', async () => {
    const { log } = makeLog()
    const labels = ['mine', 'other', undefined, 'mine', 'other']
    for (const [i, label] of labels.entries()) await log.append(all, happening(i, { label }))
    const { principal } = somebody(['view'], ['mine'])
    expect(shown(log.read(principal).events)).toEqual([0, 3])
    expect(shown(log.read(principal, { limit: 1 }).events)).toEqual([3])
    const after = log.read(all).events[0]?.id
    expect(shown(log.read(principal, { after, limit: 1 }).events)).toEqual([3])
    const heard: LoggedEvent[] = []
    log.listen(principal, (event) => heard.push(event))
    await log.append(all, happening(5, { label: 'other' }))
    await log.append(all, happening(6, { label: 'mine' }))
    expect(shown(heard)).toEqual([6])
  })

  it('is closed to who may see nothing', () => {
    const { log } = makeLog()
    const { principal } = somebody(['publish'])
    expect(() => log.read(principal)).toThrow(/may not view/)
    expect(() => log.listen(principal, () => {})).toThrow(/may not view/)
  })

  it('is heard live until the listener stops, or its principal has ended', async () => {
    const { log } = makeLog()
    const heard: string[] = []
    const { principal, end } = somebody()
    const stop = log.listen(all, ({ data }) => heard.push(`all ${data}`))
    log.listen(principal, ({ data }) => heard.push(`somebody ${data}`))
    await appendAll(log, [1])
    stop()
    await appendAll(log, [2])
    end()
    await appendAll(log, [3])
    expect(() => log.listen(principal, ({ data }) => heard.push(`too late ${data}`))).toThrow('No longer allowed')
    await appendAll(log, [4])
    expect(heard).toEqual(['all 1', 'somebody 1', 'somebody 2'])
  })

  it('takes an event and tells the others when one listener fails', async () => {
    const { log, errors } = makeLog()
    const heard: LoggedEvent[] = []
    log.listen(all, () => {
      throw new Error('a fault of the listener')
    })
    log.listen(all, (event) => heard.push(event))
    await appendAll(log, [1])
    expect(shown(heard)).toEqual([1])
    expect(errors).toEqual(['a listener failed at an event'])
  })
})

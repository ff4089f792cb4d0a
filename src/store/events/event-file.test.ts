import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newEvent, shown } from '../../../test/support/event-stores.ts'
import { START } from '../../../test/support/manual-clock.ts'
import { ALL, type Grant } from '../../core/authorization.ts'
import { DAY_MS } from '../../core/clock.ts'
import type { LoggedEvent, NewEvent } from '../../core/event.ts'
import { nextFrameId } from '../../core/frame-id.ts'
import { EventFile } from './event-file.ts'
import type { OpenHistory } from './event-history.ts'

const everything: readonly Grant[] = [{ actions: ['view', 'administer'], scope: ALL }]
const onlyOf = (label: string): readonly Grant[] => [{ actions: ['view'], scope: { kind: 'labels', labels: [label] } }]

function makePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'belvedere-events-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'events.db')
}

function using(path: string, action: (sqlite: DatabaseSync) => void): void {
  const sqlite = new DatabaseSync(path)
  try {
    action(sqlite)
  } finally {
    sqlite.close()
  }
}

function open(path: string, more: Partial<OpenHistory> = {}) {
  const limits = { size: 100, bytes: 1e6, age: 30 * DAY_MS }
  const { file, opened } = EventFile.open({ path, limits, now: START, ...more })
  let isOpen = true
  const end = (isComplete: boolean) => {
    if (isOpen) file.close(isComplete)
    isOpen = false
  }
  const close = () => end(true)
  /** As a process that is killed leaves it. */
  const crash = () => end(false)
  onTestFinished(crash)
  let last = opened.last
  /** Appends events with these numbers. */
  const append = (numbers: readonly number[], fields: Partial<NewEvent> = {}): LoggedEvent[] => {
    const events = numbers.map((number) => {
      last = nextFrameId(last, fields.timestamp ?? START)
      return { ...newEvent(number, fields), id: last }
    })
    file.append(events)
    return events
  }
  const read = (grants = everything, after?: string) => file.read({ grants, after, limit: 1000 })
  return { file, opened, append, read, close, crash }
}

it('has what was stored after it was closed, and goes on in the same epoch', () => {
  const path = makePath()
  const first = open(path)
  const given = {
    label: 'site',
    key: 'cam',
    publisher: 'key:1',
    priority: 'HIGH',
    source: 'door',
    type: 'bell',
    picture: { id: '1800000000000-0-x', mediaType: 'image/png' },
  } as const
  const stored = [...first.append([1, 2], { ...given, data: { a: [null, 'ä', 0.5] } }), ...first.append([3])]
  first.file.acknowledge(stored[2]?.id ?? '0-0', { by: 'ann', at: START + 1 })
  first.close()
  const second = open(path, { now: START + 5000 })
  expect(second.opened).toEqual({ epoch: first.opened.epoch, last: stored[2]?.id, isEmpty: false })
  expect(second.read().events).toEqual([
    ...stored.slice(0, 2),
    { ...stored[2], acknowledged: { by: 'ann', at: START + 1 } },
  ])
  const [next] = second.append([4])
  expect(second.read(everything, stored[2]?.id)).toMatchObject({ events: [next], hasMore: false })
})

it('gives ids above all that it knows of, also of events that are gone, though the clock was set back', () => {
  const path = makePath()
  const first = open(path, { limits: { size: 100, bytes: 1e6, age: DAY_MS } })
  const [event] = first.append([1], { timestamp: START })
  first.file.expire(START + 2 * DAY_MS)
  first.close()
  expect(open(path, { now: START - DAY_MS }).opened.last).toBe(event?.id)
})

it('is acknowledged once', () => {
  const { file, append } = open(makePath())
  const [event] = append([1])
  const id = event?.id ?? '0-0'
  expect(file.acknowledge(id, { by: 'ann', at: 1 })).toMatchObject({ acknowledged: { by: 'ann', at: 1 } })
  expect(file.acknowledge(id, { by: 'ben', at: 2 })).toMatchObject({ acknowledged: { by: 'ann', at: 1 } })
  expect(file.find(id)).toEqual({ ...event, acknowledged: { by: 'ann', at: 1 } })
  expect(file.acknowledge('1-1', { by: 'ann', at: 1 })).toBeUndefined()
})

it('keeps so many, and after it was closed still knows whose are gone', () => {
  const path = makePath()
  const limits = { size: 5, bytes: 1e6, age: DAY_MS }
  const first = open(path, { limits })
  const [mine] = first.append([0], { label: 'mine' })
  const others = first.append([1, 2, 3, 4, 5, 6, 7, 8, 9], { label: 'other' })
  first.close()
  const { read, append, close } = open(path, { limits })
  expect(shown(read().events)).toEqual([0, 6, 7, 8, 9])
  expect(read(onlyOf('mine'), mine?.id)).not.toHaveProperty('gap')
  expect(read(onlyOf('other'), mine?.id)).toMatchObject({ gap: { missed_from: mine?.id, missed_to: others[4]?.id } })
  append([10])
  close()
  using(path, (sqlite) => expect(sqlite.prepare('select count(*) as count from events').get()).toEqual({ count: 5 }))
})

it('keeps events for so long', () => {
  const path = makePath()
  const { file, append, read, close } = open(path, { limits: { size: 100, bytes: 1e6, age: DAY_MS } })
  const [old] = append([1], { timestamp: START })
  append([2], { timestamp: START + 1000 })
  file.expire(START + DAY_MS)
  expect(shown(read().events)).toEqual([1, 2])
  file.expire(START + DAY_MS + 1)
  expect(shown(read().events)).toEqual([2])
  close()
  const again = open(path, { now: START + DAY_MS + 2 })
  expect(shown(again.read().events)).toEqual([2])
  expect(again.read(everything, again.opened.epoch)).toMatchObject({ gap: { missed_to: old?.id } })
})

it('stores a group of events or none of it', () => {
  const { file, append, read } = open(makePath())
  append([1])
  const bad = { ...newEvent(3), source: undefined as unknown as string, id: '1800000009000-1' } as const
  expect(() => file.append([{ ...newEvent(2), id: '1800000009000-0' }, bad])).toThrow()
  expect(shown(read().events)).toEqual([1])
  append([4])
  expect(shown(read().events)).toEqual([1, 4])
})

describe('a process that ended without closing it', () => {
  const DAY_BACK = START - DAY_MS

  it('has places that are still known as far as they were stored, wherever the clock is set', () => {
    for (const now of [START, START + 5000, DAY_BACK]) {
      const path = makePath()
      const first = open(path)
      const [seen, other] = first.append([1, 2])
      const { epoch } = first.opened
      first.crash()
      const second = open(path, { now })
      const [next] = second.append([3], { timestamp: now })
      expect(second.opened.epoch).not.toBe(epoch)
      for (const more of [{}, { epoch }]) {
        const page = second.file.read({ grants: everything, after: seen?.id, limit: 9, ...more })
        expect(page).toMatchObject({ events: [other, next], epoch: second.opened.epoch })
        expect(page).not.toHaveProperty('gap')
      }
      expect(shown(second.read().events)).toEqual([1, 2, 3])
    }
  })

  it('has told of events that were never stored, and these are no places, wherever the clock is set', () => {
    for (const [now, timestamp] of [
      [START, START],
      [START + 5000, START + 5000],
      [DAY_BACK, DAY_BACK],
      [START - 1, START + 50],
    ] as const) {
      const path = makePath()
      const first = open(path)
      const [stored] = first.append([1])
      const { epoch } = first.opened
      let unstored = stored?.id ?? epoch
      const given = [0, 0, 40].map((ms) => (unstored = nextFrameId(unstored, START + ms)))
      first.crash()
      const second = open(path, { now })
      second.append([2, 3, 4], { timestamp })
      for (const after of given)
        for (const more of [{}, { epoch }])
          expect(
            second.file.read({ grants: everything, after, limit: 9, ...more }).gap,
            `${after} ${now}`,
          ).toMatchObject({ missed_from: after })
    }
  })

  it('and had lost some: everybody gets a gap who stands before that, once', () => {
    for (const now of [START + 20_000_000, START, DAY_BACK]) {
      const path = makePath()
      const first = open(path)
      const [event] = first.append([1])
      first.crash()
      const second = open(path, { now, hasLost: true })
      const { epoch, last: missed_to } = second.opened
      const [next] = second.append([3], { timestamp: now })
      second.close()
      const third = open(path, { now })
      expect(third.opened.epoch).toBe(epoch)
      for (const more of [{}, { epoch: first.opened.epoch }])
        expect(third.file.read({ grants: everything, after: event?.id, limit: 9, ...more })).toMatchObject({
          events: [next],
          gap: { missed_from: event?.id, missed_to },
        })
      for (const after of [missed_to, next?.id]) expect(third.read(everything, after)).not.toHaveProperty('gap')
    }
  })

  it('is the same that opens it again: it goes on', () => {
    const path = makePath()
    const first = open(path)
    const [event] = first.append([1])
    first.crash()
    const { epoch, last } = open(path, { epoch: first.opened.epoch }).opened
    expect([epoch, last]).toEqual([first.opened.epoch, event?.id])
  })

  it('is forgotten after a hundred others', () => {
    const path = makePath()
    const first = open(path)
    const [event] = first.append([1])
    first.crash()
    const read = () => {
      const { file, crash } = open(path)
      const page = file.read({ grants: everything, after: event?.id, epoch: first.opened.epoch, limit: 9 })
      crash()
      return page.gap
    }
    for (let i = 0; i < 101; i++) expect(read()).toBeUndefined()
    expect(read()).toMatchObject({ missed_from: event?.id })
  })
})

it('that is damaged is moved aside, and a new one begins above all ids that were given', () => {
  for (const damage of ['not a database', 'cut', 'emptied row']) {
    const path = makePath()
    const first = open(path)
    const [event] = first.append(Array.from({ length: 50 }, (_, i) => i)).slice(-1)
    first.close()
    if (damage === 'not a database') writeFileSync(path, 'x'.repeat(10_000))
    else if (damage === 'cut') {
      const bytes = readFileSync(path)
      // The pages of the table, not the head.
      writeFileSync(path, bytes.fill(0xff, 4096))
    } else using(path, (sqlite) => sqlite.exec("update events set id = 'x'"))
    const { opened, read, append } = open(path, { now: START - 5000, last: event?.id })
    expect(opened.damaged, damage).toMatch(/events\.db\.damaged-2027-/)
    expect(readdirSync(join(path, '..')).join(' '), damage).toContain('events.db.damaged-')
    expect(read(everything, event?.id), damage).toMatchObject({ events: [], gap: { missed_to: opened.epoch } })
    append([1])
    expect(shown(read().events), damage).toEqual([1])
  }
})

it('of a later version is left alone', () => {
  const path = makePath()
  open(path).close()
  using(path, (sqlite) => sqlite.exec('pragma user_version = 99'))
  expect(() => open(path)).toThrow('a later version of Belvedere has made it')
})

it('of the version before is opened, and keeps pictures from then on', () => {
  const path = makePath()
  const first = open(path)
  const [before] = first.append([1], { label: 'site' })
  first.close()
  using(path, (sqlite) =>
    sqlite.exec(
      `alter table events drop column picture_id; alter table events drop column picture_type;
       alter table history drop column is_open; drop table earlier_epochs; pragma user_version = 1`,
    ),
  )
  const second = open(path)
  expect(second.opened).toEqual({ epoch: first.opened.epoch, last: before?.id, isEmpty: false })
  const [after] = second.append([2], { picture: { id: 'p', mediaType: 'image/webp' } })
  expect(second.read().events).toEqual([before, after])
})

import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { ManualClock, START } from '../../test/support/manual-clock.ts'
import type { AuditEntry, AuditStore } from '../core/audit-store.ts'
import { NO_COUNTERS } from '../core/counters.ts'
import { Refusal } from '../core/errors.ts'
import { Retention } from '../core/retention.ts'
import { AuditTrail } from './audit-trail.ts'

const NORA = { who: 'nora', address: '192.0.2.1' }
const DAY = 86_400_000

/** An audit trail, the entries written and in how many batches, and what is logged; `newest` is stored already. */
function make({ newest = START, maxPending = 10_000 } = {}) {
  const clock = new ManualClock()
  const written: AuditEntry[] = []
  const forgotten: number[] = []
  const logged: string[] = []
  let writes = 0
  let failure: Error | undefined
  const store: AuditStore = {
    async addEntries(entries) {
      writes++
      if (failure) throw failure
      written.push(...entries)
    },
    entries: async () => written.map((entry, id) => ({ ...entry, id })).reverse(),
    async forget({ before }) {
      forgotten.push(before)
      if (failure) throw failure
    },
  }
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) })
  const limited: string[] = []
  const audit = new AuditTrail({
    store,
    clock,
    log,
    counters: { ...NO_COUNTERS, limited: (limit) => limited.push(limit) },
    retention: new Retention(clock, newest),
    rules: {
      keep: 90 * DAY,
      maxRefused: 500_000,
      refusedPerMinute: 300,
      signInsPerMinute: 10,
      commandsPerMinute: 60,
      maxPending,
    },
  })
  return {
    audit,
    clock,
    written,
    forgotten,
    logged,
    limited,
    writes: () => writes,
    fail: (error?: Error) => {
      failure = error
    },
  }
}

const refusedAt = (n: number) => ({ action: 'request', target: `GET /${n}`, outcome: 'refused' as const, detail: 'no' })

describe('the audit trail', () => {
  it('is written a second later, in one go, what is the same as a count', async () => {
    const { audit, clock, written, writes, logged } = make()
    audit.note(NORA, { action: 'session.open', detail: 'page' })
    clock.advance(500)
    for (let n = 0; n < 3; n++) audit.note(NORA, refusedAt(1))
    audit.note({ ...NORA, address: '192.0.2.2' }, refusedAt(1))
    expect(writes()).toBe(0)
    clock.advance(500)
    await audit.flush()
    const { action, target, outcome, detail } = refusedAt(1)
    const same = { ...NORA, action, target, outcome, detail, at: START + 500 }
    expect(written).toEqual([
      { ...NORA, action: 'session.open', target: '', outcome: 'ok', detail: 'page', at: START, count: 1 },
      { ...same, count: 3 },
      { ...same, address: '192.0.2.2', count: 1 },
    ])
    expect([writes(), logged.length]).toEqual([1, 3])
    audit.note(NORA, refusedAt(1))
    await audit.close()
    expect(written).toHaveLength(4)
  })

  it('shows what is not written yet', async () => {
    const { audit } = make()
    audit.note(NORA, { action: 'user.add' })
    expect(await audit.entries({ limit: 10 })).toMatchObject([{ action: 'user.add' }])
  })

  it('holds 300 refusals a minute one by one, then a count, and all that was done', async () => {
    const { audit, clock, written, logged, limited } = make()
    for (let n = 0; n < 5000; n++) audit.note(NORA, refusedAt(n))
    audit.note(NORA, { action: 'user.add', target: 'theo' })
    await audit.flush()
    expect(written).toHaveLength(302)
    expect(written.at(-2)).toMatchObject({ who: '', target: '', address: '', outcome: 'refused', count: 4700 })
    expect(written.at(-1)).toMatchObject({ who: 'nora', target: 'theo' })
    expect(logged).toHaveLength(302)
    expect(limited).toEqual(Array(4700).fill('access.audit_refused_per_minute'))
    clock.advance(60_000)
    audit.note(NORA, refusedAt(7))
    await audit.flush()
    expect(written.at(-1)).toMatchObject({ who: 'nora', target: 'GET /7' })
  })

  it('holds 10 sign-ins and sign-outs of a user a minute one by one, then a count for the minute', async () => {
    const { audit, clock, written, logged, limited } = make()
    for (let second = 0; second < 60; second++) {
      for (let n = 0; n < 10; n++) {
        // From ever another address, or they would be one entry.
        const nora = { who: 'nora', address: `2001:db8::${n}` }
        audit.note(nora, { action: 'session.open', detail: 'page' })
        audit.note(nora, { action: 'session.close' })
        audit.note(nora, { action: 'user.password', target: 'nora' })
      }
      audit.note({ who: 'ada', address: '::1' }, { action: 'user.password', target: `user ${second}` })
      clock.advance(1000)
    }
    audit.note({ who: 'theo', address: '::1' }, { action: 'session.open', detail: 'page' })
    await audit.close()
    const of = (who: string) => written.filter((entry) => entry.who === who)
    expect([of('ada').length, of('theo').length, of('nora').length]).toEqual([60, 1, 33])
    expect(of('nora').slice(-3)).toMatchObject(
      ['session.open', 'session.close', 'user.password'].map((action) => ({
        action,
        target: '',
        address: '',
        outcome: 'ok',
        detail: 'more than is written down one by one',
        count: 590,
      })),
    )
    expect(logged).toHaveLength(94)
    expect(limited).toEqual(Array(3 * 590).fill('access.audit_sign_ins_per_minute'))
  })

  it('holds 60 commands of a user a minute one by one, then a count for the minute', async () => {
    const { audit, written, limited } = make()
    for (let n = 0; n < 100; n++) audit.note(NORA, { action: 'command', target: `open door ${n}` })
    await audit.close()
    expect(written).toHaveLength(61)
    expect(written.at(-1)).toMatchObject({ who: 'nora', action: 'command', target: '', count: 40 })
    expect(limited).toEqual(Array(40).fill('access.audit_commands_per_minute'))
  })

  it('says whose commands have failed, however many others are refused', async () => {
    const { audit, written } = make()
    for (let n = 0; n < 1000; n++)
      audit.note({ who: 'mia', address: '::1' }, { action: 'command', target: `a${n}`, outcome: 'refused' })
    const failed = (n: number) => audit.note(NORA, { action: 'command', target: `open ${n}`, outcome: 'failed' })
    for (let n = 0; n < 100; n++) failed(n)
    await audit.close()
    const of = written.filter(({ who }) => who === 'nora')
    expect(of).toHaveLength(61)
    expect(of[0]).toMatchObject({ target: 'open 0', outcome: 'failed' })
    expect(of.at(-1)).toMatchObject({ target: '', outcome: 'failed', count: 40 })
  })

  it('keeps texts short', async () => {
    const { audit, written } = make()
    const long = 'x'.repeat(10_000)
    audit.note({ who: long, address: '' }, { action: 'request', target: long, detail: long })
    await audit.flush()
    for (const text of [written[0]?.who, written[0]?.target, written[0]?.detail]) expect(text).toHaveLength(301)
  })

  it('holds no character that moves a cursor, begins a line or turns the text around', async () => {
    const { audit, written } = make()
    audit.note({ who: '\u001b[2J\nbob\u009b2J\u202egpj', address: '' }, { action: 'request' })
    await audit.flush()
    expect(written[0]?.who).toBe('\ufffd[2J\ufffdbob\ufffd2J\ufffdgpj')
  })

  it('knows which refusals stand there already', () => {
    const { audit } = make()
    const refusal = new Refusal('forbidden', 'no')
    expect(refusal.isAudited).toBe(false)
    expect(audit.noteRefusal(NORA, refusedAt(1), refusal)).toBe(refusal)
    expect(refusal.isAudited).toBe(true)
  })

  it('logs that it cannot be written, and loses nothing by it', async () => {
    const { audit, written, logged, fail } = make()
    fail(new Error('the disk is full'))
    audit.note(NORA, { action: 'user.add' })
    await audit.flush()
    expect(logged.at(-1)).toContain('the disk is full')
    fail()
    audit.note(NORA, { action: 'user.remove' })
    await audit.close()
    expect(written).toMatchObject([{ action: 'user.add' }, { action: 'user.remove' }])
  })

  it('logs a failure once, however often it is tried again, and that it is over', async () => {
    const { audit, clock, logged, fail } = make()
    audit.note(NORA, { action: 'user.add' })
    fail(new Error('the disk is full'))
    for (let n = 0; n < 10; n++) {
      await audit.flush()
      clock.advance(1000)
    }
    fail()
    await audit.flush()
    await audit.close()
    expect(logged.map((line) => JSON.parse(line).msg)).toEqual([
      'audit',
      'the audit trail could not be written; it is tried again',
      'the audit trail is written again',
    ])
  })

  it('is tried again ever more seldom while it cannot be written, and soon when it can', async () => {
    const { audit, clock, writes, fail, written } = make()
    const pass = async (seconds: number) => {
      for (let n = 0; n < seconds; n++) {
        clock.advance(1000)
        await new Promise(setImmediate)
      }
    }
    fail(new Error('the disk is full'))
    audit.note(NORA, { action: 'user.add' })
    await pass(600)
    // Doubled from a second to half a minute.
    expect(writes()).toBeGreaterThan(20)
    expect(writes()).toBeLessThan(50)
    fail()
    await pass(30)
    expect(written).toHaveLength(1)
    audit.note(NORA, { action: 'user.remove' })
    await pass(1)
    expect(written).toHaveLength(2)
  })

  it('says how many entries are lost when it ends while it cannot be written', async () => {
    const { audit, logged, fail } = make()
    audit.note(NORA, { action: 'user.add' })
    fail(new Error('the disk is full'))
    await audit.close()
    expect(JSON.parse(logged.at(-1) ?? '')).toMatchObject({ entries: 1, msg: expect.stringContaining('lost') })
  })

  it('counts what is too much while it cannot be written, refusals before what was done', async () => {
    const { audit, written, limited, fail } = make({ maxPending: 3 })
    fail(new Error('the disk is full'))
    audit.note(NORA, { action: 'user.add', target: 'theo' })
    for (let n = 0; n < 4; n++) {
      audit.note(NORA, refusedAt(n))
      await audit.flush()
    }
    audit.note(NORA, refusedAt(4))
    audit.note(NORA, refusedAt(4))
    fail()
    await audit.close()
    expect(written).toEqual([
      expect.objectContaining({ who: '', action: 'request', outcome: 'refused', count: 2 }),
      expect.objectContaining({ who: 'nora', target: 'theo', count: 1 }),
      ...[2, 3].map((n) => expect.objectContaining({ who: 'nora', target: `GET /${n}`, count: 1 })),
      expect.objectContaining({ target: 'GET /4', count: 2 }),
    ])
    expect(written[0]?.detail).toContain('access.audit_pending')
    expect(limited).toEqual(['access.audit_pending', 'access.audit_pending'])
  })

  it('keeps its order when an attempt fails while the next one waits', async () => {
    const { audit, written, fail } = make()
    fail(new Error('the disk is full'))
    audit.note(NORA, { action: 'user.add' })
    const first = audit.flush()
    audit.note(NORA, { action: 'user.remove' })
    const second = audit.flush()
    await first
    fail()
    await second
    expect(written.map(({ action }) => action)).toEqual(['user.add', 'user.remove'])
    await audit.close()
  })

  it('is forgotten after 90 days, looked for each hour, first after an hour', async () => {
    const { audit, clock, forgotten } = make()
    clock.advance(7_300_000)
    expect(forgotten).toEqual([3_600_000, 7_200_000].map((ms) => START + ms - 90 * DAY))
    await audit.close()
    clock.advance(7_200_000)
    expect(forgotten).toHaveLength(2)
  })

  it('is not forgotten because the clock is 100 days ahead', async () => {
    const newest = START - 100 * DAY
    const { audit, clock, forgotten } = make({ newest })
    clock.advance(3_600_000)
    expect(forgotten).toEqual([newest + 3_600_000 - 90 * DAY])
    await audit.close()
  })
})

import { describe, expect, it } from 'vitest'
import { somebody } from '../../test/support/event-stores.ts'
import { anyone } from '../../test/support/hub.ts'
import { linkTo, makeUpdates } from '../../test/support/label-updates.ts'

describe('the right to see', () => {
  it('gives each only what it may see, and nobody else the part of one who sees a part', async () => {
    const { publish, open, clock } = makeUpdates()
    const link = linkTo({ label: 'site', key: 'b' })
    const [all, user, part] = [open(), open(somebody(['view'], ['yard']).principal), open(link)]
    await publish('site', 'a', 1)
    await publish('site', 'b', 2)
    await publish('yard', 'a', 3)
    clock.advance(0)
    expect(all.take()).toEqual([{ site: { a: 1, b: 2 } }, { yard: { a: 3 } }])
    expect(user.take()).toEqual([{ yard: { a: 3 } }])
    expect(part.take()).toEqual([{ site: { b: 2 } }])
    await publish('site', 'a', 4)
    clock.advance(1000)
    expect([all, user, part].map((reader) => reader.take())).toEqual([[{ site: { a: 4, b: 2 } }], [], []])
  })

  it('is asked for each label, and a refusal leaves nothing behind', async () => {
    const { publish, open, demand, clock } = makeUpdates()
    await publish('site', 'a')
    const { principal } = somebody(['view'], ['site'])
    expect(() => open(principal, ['site', 'yard'])).toThrow('may not view anything of "yard"')
    expect(() => open(somebody(['publish']).principal)).toThrow('may not view')
    expect(demand('site', 'a')?.viewers).toBe(0)
    const reader = open(principal)
    expect(() => open(principal, ['site', 'yard'])).toThrow('may not view anything of "yard"')
    clock.advance(0)
    expect(reader.packets).toHaveLength(1)
  })

  it('ends with the principal', async () => {
    const { publish, open, demand, clock, turns } = makeUpdates()
    await publish('site', 'a')
    const { principal, end } = somebody()
    const readers = [open(principal), open(principal, ['site'])]
    const other = open()
    clock.advance(0)
    await publish('site', 'a')
    end()
    clock.advance(1000)
    expect([...readers, other].map(({ packets }) => packets.length)).toEqual([1, 1, 2])
    expect(() => open(principal)).toThrow('No longer allowed')
    readers[0]?.drain()
    for (const reader of [...readers, other]) reader.close()
    expect([demand('site', 'a')?.viewers, turns.length]).toEqual([0, 0])
  })
})

describe('demand', () => {
  it('is there only while somebody reads, and only for what is read', async () => {
    const { publish, open, demand, clock, hub } = makeUpdates()
    for (const label of ['site', 'yard']) await publish(label, 'a')
    expect(hub.viewers).toBe(0)
    const [one, other] = [open(anyone, ['site']), open(anyone, ['site', 'yard'])]
    expect(demand('site', 'a')).toMatchObject({ viewers: 1, maxFps: 1, kinds: ['image'] })
    expect(demand('yard', 'a')?.viewers).toBe(1)
    other.close()
    expect([demand('site', 'a')?.viewers, demand('yard', 'a')?.viewers]).toEqual([1, 0])
    clock.advance(0)
    await publish('yard', 'a')
    clock.advance(1000)
    expect(one.take()).toEqual([{ site: { a: 10 } }])
    one.close()
    one.close()
    expect([demand('site', 'a')?.viewers, hub.viewers]).toEqual([0, 0])
  })

  it('runs no timer without a reader, and begins no turn before the last one is over', async () => {
    const { publish, open, clock, timers } = makeUpdates()
    await publish('site', 'a')
    const first = open()
    clock.advance(0)
    expect(first.packets).toHaveLength(1)
    first.close()
    expect(timers.size).toBe(0)
    const second = open()
    clock.advance(999)
    expect(second.packets).toHaveLength(0)
    clock.advance(1)
    expect(second.packets).toHaveLength(1)
    second.close()
    expect(timers.size).toBe(0)
  })
})

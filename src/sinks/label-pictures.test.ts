import { describe, expect, it } from 'vitest'
import { somebody } from '../../test/support/event-stores.ts'
import { anyone, declareNext } from '../../test/support/hub.ts'
import { makeUpdates } from '../../test/support/label-updates.ts'

describe('a message with the newest pictures of a label', () => {
  it('writes the same packet to all who see the same of a label, whoever they are', async () => {
    const { publish, open, clock } = makeUpdates()
    for (const key of ['b', 'a']) await publish('site', key)
    const readers = [open(), open(), open(anyone, ['site']), open(somebody(['view'], ['site']).principal)]
    clock.advance(0)
    await publish('site', 'a')
    clock.advance(1000)
    for (const n of [0, 1]) expect(new Set(readers.map(({ packets }) => packets[n])).size).toBe(1)
    expect(readers[0]?.packets).toHaveLength(2)
  })

  it('is another one for who sees pictures only, without what else is in their files', async () => {
    const { publish, open, clock } = makeUpdates()
    await publish('site', 'a', 7)
    const guest = { ...anyone, isPicturesOnly: true }
    const [all, one, other] = [open(), open(guest), open({ ...guest })]
    clock.advance(0)
    expect(one.packets[0]).toBe(other.packets[0])
    // Of these seven bytes only the two that a JPEG begins with are known to belong to a picture.
    expect([all.take(), one.take()]).toEqual([[{ site: { a: 7 } }], [{ site: { a: 2 } }]])
  })

  it('counts what it sends', async () => {
    const { publish, open, clock, flows } = makeUpdates()
    await publish('site', 'a', 7)
    await publish('site', 'b', 5)
    open()
    open()
    clock.advance(0)
    expect(flows.get('site/a')).toEqual({ frames: 2, bytes: 14, skipped: 0 })
    await publish('site', 'b', 5)
    clock.advance(1000)
    expect(flows.get('site/a')).toEqual({ frames: 4, bytes: 28, skipped: 0 })
  })
})

describe('the picture of a stream that starts with the next one', () => {
  it('is sent to nobody who came after it, and the next one to all in one packet', async () => {
    const { hub, publish, open, clock } = makeUpdates()
    declareNext(hub, 'site', 'next')
    await publish('site', 'a', 1)
    const first = open()
    clock.advance(0)
    await publish('site', 'next', 2)
    clock.advance(1000)
    expect(first.take()).toEqual([{ site: { a: 1 } }, { site: { a: 1, next: 2 } }])
    const later = [open(), open()]
    clock.advance(1000)
    for (const reader of later) expect(reader.take()).toEqual([{ site: { a: 1 } }])
    expect(later[0]?.packets[0]).toBe(later[1]?.packets[0])
    await publish('site', 'a', 3)
    clock.advance(1000)
    expect([first.take(), later[0]?.take()]).toEqual([[{ site: { a: 3, next: 2 } }], [{ site: { a: 3 } }]])
    await publish('site', 'next', 4)
    clock.advance(1000)
    for (const reader of [first, ...later]) expect(reader.packets.at(-1)).toBe(first.packets.at(-1))
    expect(first.take()).toEqual([{ site: { a: 3, next: 4 } }])
  })

  it('is not sent in a message that was made before the one that its reader may have came', async () => {
    const { hub, publish, open, clock } = makeUpdates()
    declareNext(hub, 'site', 'next')
    const first = open()
    clock.advance(0)
    await publish('site', 'next', 2)
    const later = open()
    later.stall()
    clock.advance(1000)
    expect(first.take()).toEqual([{ site: { next: 2 } }])
    await publish('site', 'next', 4)
    later.drain()
    expect(later.take()).toEqual([])
    clock.advance(1000)
    expect(later.take()).toEqual([{ site: { next: 4 } }])
  })
})

describe('pictures that do not fit into one message', () => {
  it('come in turn, of a still label too', async () => {
    const { publish, open, clock } = makeUpdates({ maxMessageBytes: 100 })
    for (const key of ['a', 'b', 'c', 'd', 'e']) await publish('site', key, 30)
    const reader = open()
    clock.advance(5000)
    expect(reader.takeCameras()).toEqual(['ab', 'cd', 'ae'])
    await publish('site', 'c', 30)
    clock.advance(1000)
    expect(reader.takeCameras()).toEqual(['bc'])
  })

  it('reach a reader that comes later or has missed some, and not those again who have had them', async () => {
    const { publish, open, clock } = makeUpdates({ maxMessageBytes: 40 })
    for (const key of ['a', 'b', 'c']) await publish('site', key, 30)
    const first = open()
    clock.advance(4000)
    expect(first.takeCameras()).toEqual(['a', 'b', 'c'])
    const [second, slow] = [open(), open()]
    slow.stall()
    clock.advance(10_000)
    expect(second.takeCameras()).toEqual(['a', 'b', 'c'])
    expect(slow.takeCameras()).toEqual(['a'])
    slow.drain()
    clock.advance(10_000)
    expect(slow.takeCameras().sort()).toEqual(['a', 'b', 'c'])
    expect(first.takeCameras()).toEqual([])
  })

  it('are left out if they are larger than a message', async () => {
    const { publish, open, clock, limits } = makeUpdates({ maxMessageBytes: 100 })
    await publish('site', 'a', 400)
    const reader = open()
    clock.advance(0)
    expect(reader.take()).toEqual([])
    await publish('site', 'b', 1)
    clock.advance(1000)
    expect(reader.take()).toEqual([{ site: { b: 1 } }])
    expect(new Set(limits)).toEqual(new Set(['labels.message_bytes']))
  })
})

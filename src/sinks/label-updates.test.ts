import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { somebody } from '../../test/support/event-stores.ts'
import { anyone } from '../../test/support/hub.ts'
import { linkTo, makeUpdates } from '../../test/support/label-updates.ts'

describe('the feed of all pictures of labels', () => {
  it('sends each label all its newest pictures when one of them is new, once a second', async () => {
    const { publish, open, clock } = makeUpdates()
    await publish('site', 'a', 1)
    await publish('site', 'b', 2)
    await publish('yard', 'a', 3)
    const reader = open()
    expect(reader.take()).toEqual([])
    clock.advance(0)
    expect(reader.take()).toEqual([{ site: { a: 1, b: 2 } }, { yard: { a: 3 } }])
    await publish('site', 'b', 4)
    await publish('site', 'b', 5)
    clock.advance(999)
    expect(reader.take()).toEqual([])
    clock.advance(1)
    expect(reader.take()).toEqual([{ site: { a: 1, b: 5 } }])
    clock.advance(5000)
    expect(reader.take()).toEqual([])
  })

  it('has an interval', async () => {
    const { publish, open, clock, demand } = makeUpdates({ interval: 250 })
    await publish('site', 'a', 1)
    const reader = open()
    for (let bytes = 2; bytes < 10; bytes++) {
      clock.advance(250)
      await publish('site', 'a', bytes)
    }
    expect(reader.take()).toHaveLength(8)
    expect(demand('site', 'a')?.maxFps).toBe(4)
  })

  it('has labels and cameras that appear later join, and leaves out those that go', async () => {
    const { publish, open, clock, hub } = makeUpdates()
    const [all, some] = [open(), open(anyone, ['yard', 'site', 'yard'])]
    clock.advance(0)
    await publish('site', 'a', 1)
    await publish('other', 'a', 2)
    clock.advance(1000)
    expect(all.take()).toEqual([{ site: { a: 1 } }, { other: { a: 2 } }])
    expect(some.take()).toEqual([{ site: { a: 1 } }])
    await publish('site', 'b', 3)
    await publish('yard', 'a', 4)
    clock.advance(1000)
    expect(some.take()).toEqual([{ yard: { a: 4 } }, { site: { a: 1, b: 3 } }])
    hub.remove(anyone, { label: 'site', key: 'a' })
    hub.remove(anyone, { label: 'yard', key: 'a' })
    clock.advance(1000)
    expect(some.take()).toEqual([{ site: { b: 3 } }])
    hub.remove(anyone, { label: 'site', key: 'b' })
    await publish('site', 'b', 5)
    clock.advance(1000)
    expect(some.take()).toEqual([{ site: { b: 5 } }])
  })
})

describe('a slow reader', () => {
  it('is passed over until its link is drained, and gets the newest then', async () => {
    const { publish, open, clock } = makeUpdates()
    await publish('site', 'a', 1)
    const [slow, fast] = [open(), open()]
    slow.stall()
    clock.advance(0)
    for (let bytes = 2; bytes < 6; bytes++) {
      await publish('site', 'a', bytes)
      clock.advance(1000)
    }
    expect(slow.take()).toEqual([{ site: { a: 1 } }])
    expect(fast.packets).toHaveLength(5)
    slow.drain()
    expect(slow.take()).toEqual([{ site: { a: 5 } }])
    expect(slow.packets[1]).toBe(fast.packets[4])
    slow.drain()
    expect(slow.take()).toEqual([])
  })

  it('gets all labels in turn, each as it is then', async () => {
    const { publish, open, clock } = makeUpdates()
    const labels = ['x', 'y', 'z']
    for (const label of labels) await publish(label, 'a', 1)
    const slow = open()
    slow.stall()
    clock.advance(0)
    for (let bytes = 2; bytes < 7; bytes++) {
      for (const label of labels) await publish(label, 'a', bytes)
      clock.advance(1000)
      slow.drain(false)
    }
    expect(slow.take()).toEqual([
      { x: { a: 1 } },
      { y: { a: 2 } },
      { z: { a: 3 } },
      { x: { a: 4 } },
      { y: { a: 5 } },
      { z: { a: 6 } },
    ])
  })

  it('finds the message for a second, and then gets one of its own with what is newest', async () => {
    const { publish, open, clock } = makeUpdates({ interval: 10_000 })
    for (const label of ['x', 'y', 'z']) await publish(label, 'a', 1)
    const [slow, fast] = [open(), open()]
    slow.stall()
    clock.advance(999)
    slow.drain(false)
    for (const label of ['x', 'y', 'z']) await publish(label, 'a', 2)
    clock.advance(1)
    slow.drain()
    expect(slow.take()).toEqual([{ x: { a: 1 } }, { y: { a: 1 } }, { z: { a: 2 } }])
    expect([0, 1, 2].map((n) => slow.packets[n] === fast.packets[n])).toEqual([true, true, false])
    expect(fast.packets).toHaveLength(3)
    clock.advance(9000)
    for (const reader of [slow, fast]) expect(reader.packets).toHaveLength(6)
  })

  it('that fails is dropped alone', async () => {
    const { publish, open, clock, problems } = makeUpdates()
    await publish('site', 'a')
    const [broken, other] = [open(), open()]
    broken.onWrite = () => {
      throw new Error('it broke')
    }
    clock.advance(0)
    await publish('site', 'a')
    clock.advance(1000)
    expect([broken.packets.length, other.packets.length]).toEqual([1, 2])
    expect(problems).toHaveLength(1)
  })

  it('that ends while it is written to gets no more', async () => {
    const { publish, open, clock } = makeUpdates()
    for (const label of ['x', 'y']) await publish(label, 'a')
    const reader = open()
    reader.onWrite = () => reader.close()
    clock.advance(5000)
    expect(reader.packets).toHaveLength(1)
  })
})

describe('very many labels and readers', () => {
  it('are served in slices of some milliseconds, each reader in turn', async () => {
    const { publish, open, clock, turn, turns } = makeUpdates()
    for (let n = 0; n < 20; n++) await publish(`label ${n}`, 'a')
    const readers = [open(), open()]
    for (const reader of readers) reader.onWrite = () => clock.advance(1)
    clock.advance(0)
    expect(readers.map(({ packets }) => packets.length)).toEqual([2, 2])
    turn()
    expect(readers.map(({ packets }) => packets.length)).toEqual([4, 4])
    while (turns.length > 0) turn()
    expect(readers.map(({ packets }) => packets.length)).toEqual([20, 20])
  })
})

it('shows everybody the newest of what they may see, whatever happens, and nothing twice', async () => {
  const names = fc.record({ label: fc.constantFrom('x', 'y', 'z'), key: fc.constantFrom('a', 'b', 'c') })
  const someone = fc.nat(2)
  const action = fc.oneof(
    fc.record({ publish: names, bytes: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ remove: names }),
    fc.record({ wait: fc.integer({ min: 1, max: 2500 }) }),
    fc.record({ stall: someone }),
    fc.record({ drain: someone, all: fc.boolean() }),
  )
  const run = fc.asyncProperty(
    fc.array(action, { maxLength: 40 }),
    fc.constantFrom(50, 1000),
    async (actions, bytes) => {
      const { open, clock, publish, hub } = makeUpdates({ maxMessageBytes: bytes })
      const readers = [
        { may: (_: string) => true, reader: open() },
        { may: (name: string) => name.startsWith('x/'), reader: open(somebody(['view'], ['x']).principal) },
        {
          may: (name: string) => name === 'y/b',
          reader: open(linkTo({ label: 'y', key: 'b' })),
        },
      ]
      const newest = new Map<string, number>()
      for (const act of actions) {
        if ('publish' in act) {
          const { label, key } = act.publish
          newest.set(`${label}/${key}`, act.bytes)
          await publish(label, key, act.bytes)
        } else if ('remove' in act) {
          const { label, key } = act.remove
          if (newest.delete(`${label}/${key}`)) hub.remove(anyone, act.remove)
        } else if ('wait' in act) clock.advance(act.wait)
        else if ('stall' in act) readers[act.stall]?.reader.stall()
        else readers[act.drain]?.reader.drain(act.all)
      }
      for (const { reader } of readers) reader.drain()
      clock.advance(10_000)
      for (const { reader, may } of readers) {
        const seen = new Map<string, number>()
        for (const update of reader.take())
          for (const [label, pictures] of Object.entries(update))
            for (const [key, size] of Object.entries(pictures)) seen.set(`${label}/${key}`, size)
        expect([...seen.keys()].filter((name) => !may(name))).toEqual([])
        for (const [name, size] of newest) if (may(name)) expect([name, seen.get(name)]).toEqual([name, size])
        expect(reader.repeats).toBe(0)
      }
    },
  )
  await fc.assert(run, { numRuns: 60 })
})

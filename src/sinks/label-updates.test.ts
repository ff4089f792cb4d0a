import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { somebody } from '../../test/support/event-stores.ts'
import { anyone } from '../../test/support/hub.ts'
import { makeSinks } from '../../test/support/sinks.ts'
import type { Grant } from '../core/authorization.ts'
import type { Clock } from '../core/clock.ts'
import type { Principal } from '../core/principal.ts'
import type { SharedPacket } from '../wire/socket-io-packet.ts'
import { LabelUpdates } from './label-updates.ts'

function setUp({ interval = 1000, maxMessageBytes = 1_000_000 } = {}) {
  const sinks = makeSinks()
  const turns: (() => void)[] = []
  const limits: string[] = []
  const flows = new Map<string, { frames: number; bytes: number; skipped: number }>()
  const counters = {
    out({ label, key }: { label: string; key: string }) {
      const flow = flows.get(`${label}/${key}`) ?? { frames: 0, bytes: 0, skipped: 0 }
      flows.set(`${label}/${key}`, flow)
      return flow
    },
    limited: (limit: string) => limits.push(limit),
  }
  /** The timers of the feed. */
  const timers = new Set<object>()
  const clock: Clock = {
    now: () => sinks.clock.now(),
    monotonic: () => sinks.clock.monotonic(),
    after(delay, action) {
      const timer = {}
      timers.add(timer)
      const cancel = sinks.clock.after(delay, () => {
        timers.delete(timer)
        action()
      })
      return () => {
        timers.delete(timer)
        cancel()
      }
    },
  }
  const inNextTurn = (action: () => void) => turns.push(action)
  const updates = new LabelUpdates({ ...sinks.parts, clock, counters, interval, maxMessageBytes, inNextTurn })
  return {
    ...sinks,
    limits,
    flows,
    timers,
    open: (principal: Principal = anyone, labels?: readonly string[]) => new FakeReader(updates, principal, labels),
    /** The demand for a stream. */
    demand: (label: string, key: string) =>
      sinks.hub.directory.list(anyone).find((stream) => stream.label === label && stream.key === key)?.demand,
    /** The next turn of the event loop. */
    turn: () => turns.splice(0).forEach((action) => void action()),
    turns,
  }
}

/** A reader whose link can be full, as after a large message. */
class FakeReader {
  readonly packets: SharedPacket[] = []
  /** How many times a packet was written again. */
  repeats = 0
  /** Called with each packet. */
  onWrite = () => {}
  #isStalled = false
  #isFull = false
  #takenCount = 0
  readonly #open

  constructor(updates: LabelUpdates, principal: Principal, labels?: readonly string[]) {
    this.#open = updates.open({
      principal,
      labels,
      isDrained: () => !this.#isFull,
      write: (packet) => {
        if (this.#isFull) throw new Error('written to a full link')
        if (this.packets.includes(packet)) this.repeats++
        this.packets.push(packet)
        this.#isFull = this.#isStalled
        this.onWrite()
      },
    })
  }

  /** What was received since the last call: for each label the size of each picture, by camera. */
  take(): Record<string, Record<string, number>>[] {
    const fresh = this.packets.slice(this.#takenCount)
    this.#takenCount = this.packets.length
    return fresh.map((packet) => {
      const [name, { label, images, image_names }] = JSON.parse(packet.in('/').text.slice(1))
      expect(name).toBe('update')
      return { [label]: Object.fromEntries(image_names.map((key: string, i: number) => [key, atob(images[i]).length])) }
    })
  }

  /** From now on it takes one more message. */
  stall(): void {
    this.#isStalled = true
  }

  /** It takes one message and is full again; with `all`, everything. */
  drain(all = true): void {
    this.#isStalled = !all
    this.#isFull = false
    this.#open.drained()
  }

  close(): void {
    this.#open.close()
  }
}

/** A principal with these grants, which never ends. */
function holderOf(...grants: Grant[]): Principal {
  return { ...somebody().principal, grants }
}

describe('the feed of all pictures of labels', () => {
  it('sends each label all its newest pictures when one of them is new, once a second', async () => {
    const { publish, open, clock } = setUp()
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
    const { publish, open, clock, demand } = setUp({ interval: 250 })
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
    const { publish, open, clock, hub } = setUp()
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

  it('writes the same packet to all who see the same of a label, whoever they are', async () => {
    const { publish, open, clock } = setUp()
    for (const key of ['b', 'a']) await publish('site', key)
    const readers = [open(), open(), open(anyone, ['site']), open(somebody(['view'], ['site']).principal)]
    clock.advance(0)
    await publish('site', 'a')
    clock.advance(1000)
    for (const n of [0, 1]) expect(new Set(readers.map(({ packets }) => packets[n])).size).toBe(1)
    expect(readers[0]?.packets).toHaveLength(2)
  })

  it('counts what it sends', async () => {
    const { publish, open, clock, flows } = setUp()
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

describe('the right to see', () => {
  it('gives each only what it may see, and nobody else the part of one who sees a part', async () => {
    const { publish, open, clock } = setUp()
    const link = holderOf({ actions: ['view'], scope: { kind: 'streams', streams: [{ label: 'site', key: 'b' }] } })
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
    const { publish, open, demand, clock } = setUp()
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
    const { publish, open, demand, clock, turns } = setUp()
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
    const { publish, open, demand, clock, hub } = setUp()
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
    const { publish, open, clock, timers } = setUp()
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

describe('a slow reader', () => {
  it('is passed over until its link is drained, and gets the newest then', async () => {
    const { publish, open, clock } = setUp()
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
    const { publish, open, clock } = setUp()
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

  it('that fails is dropped alone', async () => {
    const { publish, open, clock, problems } = setUp()
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
    const { publish, open, clock } = setUp()
    for (const label of ['x', 'y']) await publish(label, 'a')
    const reader = open()
    reader.onWrite = () => reader.close()
    clock.advance(5000)
    expect(reader.packets).toHaveLength(1)
  })
})

describe('pictures that do not fit into one message', () => {
  it('come in turn, of a still label too', async () => {
    const { publish, open, clock } = setUp({ maxMessageBytes: 100 })
    for (const key of ['a', 'b', 'c', 'd', 'e']) await publish('site', key, 30)
    const reader = open()
    clock.advance(5000)
    expect(camerasIn(reader)).toEqual(['ab', 'cd', 'ae'])
    await publish('site', 'c', 30)
    clock.advance(1000)
    expect(camerasIn(reader)).toEqual(['bc'])
  })

  it('reach a reader that comes later or has missed some, and not those again who have had them', async () => {
    const { publish, open, clock } = setUp({ maxMessageBytes: 40 })
    for (const key of ['a', 'b', 'c']) await publish('site', key, 30)
    const first = open()
    clock.advance(4000)
    expect(camerasIn(first)).toEqual(['a', 'b', 'c'])
    const [second, slow] = [open(), open()]
    slow.stall()
    clock.advance(10_000)
    expect(camerasIn(second)).toEqual(['a', 'b', 'c'])
    expect(camerasIn(slow)).toEqual(['a'])
    slow.drain()
    clock.advance(10_000)
    expect(camerasIn(slow).sort()).toEqual(['a', 'b', 'c'])
    expect(camerasIn(first)).toEqual([])
  })

  it('are left out if they are larger than a message', async () => {
    const { publish, open, clock, limits } = setUp({ maxMessageBytes: 100 })
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

describe('very many labels and readers', () => {
  it('are served in slices of some milliseconds, each reader in turn', async () => {
    const { publish, open, clock, turn, turns } = setUp()
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
      const { open, clock, publish, hub } = setUp({ maxMessageBytes: bytes })
      const part = { label: 'y', key: 'b' }
      const readers = [
        { may: (_: string) => true, reader: open() },
        { may: (name: string) => name.startsWith('x/'), reader: open(somebody(['view'], ['x']).principal) },
        {
          may: (name: string) => name === 'y/b',
          reader: open(holderOf({ actions: ['view'], scope: { kind: 'streams', streams: [part] } })),
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

/** The keys of the cameras in each message. */
function camerasIn(reader: FakeReader): string[] {
  return reader.take().flatMap((update) => Object.values(update).map((pictures) => Object.keys(pictures).join('')))
}

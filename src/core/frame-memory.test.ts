import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyone, frameInput, makeHub, RULES } from '../../test/support/hub.ts'
import { ACTIONS } from './authorization.ts'
import { IMAGES } from './frame.ts'
import type { FrameId } from './frame-id.ts'
import type { FrameStore } from './frame-store.ts'
import type { HubRules } from './hub-parts.ts'
import type { Principal } from './principal.ts'

/** A user of some labels, without priority. */
const user = (id: string): Principal => ({
  ...anyone,
  id,
  name: id,
  grants: [{ actions: ['view', 'publish'], scope: { kind: 'patterns', patterns: ['*'] } }],
})
const [mallory, bob] = [user('user:1'), user('user:2')]

/** A store that answers when the test says so. */
function slowStore() {
  const answers: (() => void)[] = []
  const store: FrameStore = {
    append: (_input, at) => new Promise((resolve) => answers.push(() => resolve(`${at}-0`))),
    subscribe: () => () => {},
    async lookUp() {},
    async check() {},
    health: () => ({ isHealthy: true }),
    forget() {},
    close: async () => {},
  }
  return { store, answers }
}

/** A hub, and a function that publishes a picture of some bytes to a stream of the label "site". */
function setUp(rules: Partial<HubRules>) {
  const { hub } = makeHub({ ringBytes: 1_000_000, ...rules })
  let ms = 0
  const show = (principal: Principal, key: string, bytes = 100, metadata = {}) =>
    hub.accept(principal, { ...frameInput('site', key, bytes), metadata }, `${++ms}-0`, ms, 'test')
  const isKept = (key: string, id: FrameId) => {
    try {
      return hub.directory.find(anyone, { label: 'site', key }, id).id === id
    } catch {
      return false
    }
  }
  return { hub, show, isKept }
}

describe('the memory of all recent frames', () => {
  it('is that of everything which came with a picture', () => {
    const { show, isKept } = setUp({ ringBytes: 1000 })
    const metadata = { list: Array.from({ length: 8 }, () => []) }
    show(anyone, 'cam', 10, metadata)
    show(anyone, 'cam', 10, metadata)
    expect(isKept('cam', '1-0')).toBe(true)
    show(anyone, 'cam', 10, metadata)
    expect([isKept('cam', '1-0'), isKept('cam', '3-0')]).toEqual([false, true])
  })

  it('is made room in by older frames of the stream, then of the publisher’s other streams, then of others', () => {
    const { show, isKept } = setUp({ frameMemory: { ...RULES.frameMemory, total: { max: 1000, share: 600 } } })
    for (const key of ['bobs', 'bobs', 'bobs']) show(bob, key)
    for (const key of ['a', 'a', 'b', 'b', 'a', 'a']) show(mallory, key)
    expect([isKept('a', '4-0'), isKept('b', '6-0')]).toEqual([true, true])
    // The share is used up: the oldest of the same stream goes.
    show(mallory, 'a')
    expect([isKept('a', '4-0'), isKept('b', '6-0')]).toEqual([false, true])
    show(mallory, 'c', 400)
    expect([isKept('a', '10-0'), isKept('b', '7-0'), isKept('c', '11-0')]).toEqual([true, true, true])
    expect([isKept('a', '9-0'), isKept('b', '6-0')]).toEqual([false, false])
    for (const id of ['1-0', '2-0', '3-0'] as const) expect(isKept('bobs', id)).toBe(true)
    // All is used up, and there is still room in this share.
    show(anyone, 'd', 200)
    expect([isKept('bobs', '1-0'), isKept('bobs', '2-0'), isKept('bobs', '3-0')]).toEqual([false, true, true])
  })

  it('is refused to who has no more, and the others go on', () => {
    const { show } = setUp({ frameMemory: { ...RULES.frameMemory, total: { max: 1000, share: 400, reserved: 300 } } })
    for (const key of ['a', 'b', 'c', 'd']) show(mallory, key)
    expect(() => show(mallory, 'e')).toThrow(
      expect.objectContaining({ code: 'limited', limit: 'streams.bytes_per_publisher' }),
    )
    show(bob, 'x', 300)
    expect(() => show(bob, 'y')).toThrow(
      expect.objectContaining({ code: 'exhausted', limit: 'streams.bytes_reserved' }),
    )
    show(anyone, 'admin', 300)
    expect(() => show(anyone, 'other')).toThrow(
      expect.objectContaining({ code: 'exhausted', limit: 'streams.total_bytes' }),
    )
    // What each has is not touched by a refusal, and goes on.
    expect([show(mallory, 'a'), show(bob, 'x', 300), show(anyone, 'admin')]).toEqual([true, true, true])
  })

  it('is bounded separately for what came with the pictures', () => {
    const metadata = (values: number) => ({ list: Array.from({ length: values }, () => []) })
    const rules = { ...RULES.frameMemory, metadata: { max: 3000, share: 2000, reserved: 500 } }
    const { hub, show, isKept } = setUp({ frameMemory: rules })
    show(mallory, 'a', 10, metadata(15))
    show(mallory, 'a', 10, metadata(15))
    show(mallory, 'b', 10, metadata(15))
    expect([isKept('a', '1-0'), isKept('a', '2-0')]).toEqual([false, true])
    expect(() => show(mallory, 'c', 10, metadata(15))).toThrow(
      expect.objectContaining({ code: 'limited', limit: 'streams.metadata_bytes_per_publisher' }),
    )
    expect(() => show(bob, 'd', 10, metadata(20))).toThrow(
      expect.objectContaining({ code: 'exhausted', limit: 'streams.metadata_bytes_reserved' }),
    )
    expect(show(mallory, 'c', 1000)).toBe(true)
    expect(show(mallory, 'a', 10, metadata(15))).toBe(true)
    for (const key of ['a', 'b', 'c']) hub.remove(anyone, { label: 'site', key })
    expect(hub.frameMemory).toEqual({ weight: 0, metadataWeight: 0 })
  })

  it('never takes more than allowed, and all of it is given back when the streams are gone', () => {
    const step = fc.record({
      who: fc.constantFrom(mallory, bob, anyone),
      key: fc.constantFrom('1', '2', '3'),
      bytes: fc.integer({ min: 1, max: 300 }),
      isRemoved: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { hub, show } = setUp({
          frameMemory: { ...RULES.frameMemory, total: { max: 900, share: 500 } },
          streams: { max: 5, share: 2 },
        })
        for (const { who, key, bytes, isRemoved } of steps) {
          const name = { label: 'site', key: `${who.id} ${key}` }
          try {
            if (isRemoved) hub.remove(anyone, name)
            else show(who, name.key, bytes)
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^(limited|exhausted|not_found)$/) })
          }
          expect(hub.frameMemory.weight).toBeLessThanOrEqual(900)
        }
        for (const { label, key } of hub.directory.list(anyone)) hub.remove(anyone, { label, key })
        expect(hub.frameMemory.weight).toBe(0)
        expect(show(mallory, 'last', 500)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the places of streams', () => {
  const rules = { streams: { max: 6, share: 3, reserved: 1 } }
  const open = (id: string, limit: string) => expect.objectContaining({ code: id, limit })

  it('are shared: nobody opens more than a share, and some are kept for admins', () => {
    const { show } = setUp(rules)
    for (const key of ['1', '2', '3']) show(mallory, key)
    expect(() => show(mallory, '4')).toThrow(open('limited', 'streams.per_publisher'))
    expect(show(mallory, '1')).toBe(true)
    for (const key of ['b1', 'b2']) show(bob, key)
    expect(() => show(bob, 'b3')).toThrow(open('exhausted', 'streams.reserved'))
    show(anyone, 'admin')
    expect(() => show(anyone, 'one more')).toThrow(open('exhausted', 'streams.max'))
  })

  it('belong to whose frame opened them, and are given back when they are removed', () => {
    const { hub, show } = setUp(rules)
    for (const key of ['1', '2', '3']) show(mallory, key)
    show(bob, '1')
    hub.remove(anyone, { label: 'site', key: '1' })
    show(mallory, '4')
    expect(() => show(mallory, '1')).toThrow(open('limited', 'streams.per_publisher'))
    expect(show(bob, '1')).toBe(true)
  })

  it('are given back to whom they were reserved for, whoever opens the stream', async () => {
    const { store, answers } = slowStore()
    const { hub } = makeHub({ streams: { max: 6, share: 1 } }, store)
    const name = { label: 'site', key: '1' }
    const pending = hub.publish(mallory, frameInput('site', '1'), 'test')
    const options = { when: 'always', startTimeout: 1, closeAfter: 0 } as const
    hub.declare(anyone, name, options, { demandChanged() {} }).withdraw()
    answers[0]?.()
    await pending
    hub.remove(anyone, name)
    const again = hub.publish(mallory, frameInput('site', '2'), 'test')
    answers[1]?.()
    await again
    await expect(hub.publish(mallory, frameInput('site', '3'), 'test')).rejects.toMatchObject({ code: 'limited' })
  })

  it('hold also while frames wait for the store', async () => {
    const { store, answers } = slowStore()
    const { hub } = makeHub(rules, store)
    const publish = (who: Principal, key: string) => hub.publish(who, frameInput('site', key), 'test')
    const pending = ['1', '2', '3'].map((key) => publish(mallory, key))
    await expect(publish(mallory, '4')).rejects.toMatchObject({ limit: 'streams.per_publisher' })
    // Bob's frame is the first to be shown, but the place is Mallory's.
    pending.push(publish(bob, '1'))
    for (const answer of answers.reverse()) answer()
    await Promise.all(pending)
    await expect(publish(mallory, '4')).rejects.toMatchObject({ limit: 'streams.per_publisher' })
    const removed = publish(mallory, '3')
    hub.remove(anyone, { label: 'site', key: '3' })
    answers.at(-1)?.()
    await removed
    expect(hub.directory.labels(anyone)).toEqual(['site'])
  })
})

describe('a stream that is removed', () => {
  it('leaves its viewers, and comes back when its source goes on', () => {
    const { hub, show } = setUp({})
    show(anyone, 'cam')
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {}, changes: true })
    viewer.watch(0, { label: 'site' })
    hub.remove(anyone, { label: 'site', key: 'cam' })
    expect(viewer.takeChange()).toMatchObject({ kind: 'left', stream: { name: { key: 'cam' } } })
    expect([viewer.isWaiting, hub.directory.list(anyone)]).toEqual([false, []])
    expect(() => hub.remove(anyone, { label: 'site', key: 'cam' })).toThrow(/no stream/)
    show(anyone, 'cam')
    expect(viewer.takeChange()).toMatchObject({ kind: 'joined', stream: { newest: { sequence: 1 } } })
  })

  it('is removed by admins alone, and not while this server feeds it', () => {
    const { hub, show } = setUp({})
    show(mallory, 'cam')
    const name = { label: 'site', key: 'cam' }
    const some: Principal = { ...mallory, grants: [{ actions: ACTIONS.slice(0, -1), scope: { kind: 'all' } }] }
    expect(() => hub.remove(some, name)).toThrow(/may not administer/)
    const declaration = hub.declare(
      anyone,
      name,
      { when: 'always', startTimeout: 1, closeAfter: 0 },
      { demandChanged() {} },
    )
    expect(() => hub.remove(anyone, name)).toThrow(expect.objectContaining({ code: 'conflict' }))
    declaration.withdraw()
    hub.remove(anyone, name)
    expect(hub.directory.list(anyone)).toEqual([])
  })
})

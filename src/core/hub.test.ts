import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { anyone, frameInput, makeHub } from '../../test/support/hub.ts'
import { ACTIONS } from './authorization.ts'
import { NO_COUNTERS } from './counters.ts'
import { IMAGES } from './frame.ts'
import type { FrameId } from './frame-id.ts'
import type { FrameStore } from './frame-store.ts'
import type { Principal } from './principal.ts'

const only = (labels: string[]): Principal => ({
  ...anyone,
  name: 'a guest',
  grants: [{ actions: ACTIONS, scope: { kind: 'labels', labels } }],
})

describe('a hub', () => {
  it('gives frames ids that rise, and counts them', async () => {
    const { hub, clock } = makeHub()
    const first = await hub.publish(anyone, frameInput('site', 'cam'), 'test')
    const second = await hub.publish(anyone, frameInput('site', 'cam'), 'test')
    clock.advance(5)
    await hub.publish(anyone, frameInput('site', 'cam'), 'test')
    expect(first.id).toBe('1800000000000-0')
    expect(second.id).toBe('1800000000000-1')
    expect(hub.directory.find(anyone, { label: 'site', key: 'cam' })).toMatchObject({
      id: '1800000000005-0',
      sequence: 3,
    })
  })

  it('has one stream of names that look the same, in the spelling that came first, for whoever may see it in any', async () => {
    const { hub } = makeHub()
    const [first, second] = ['Bu\u0308hne', 'B\u00fchne']
    for (const [label, key] of [
      [first, 'cam'],
      [second, 'c\u200bam'],
      [second, 'door'],
    ] as const)
      await hub.publish(only([second]), frameInput(label, key), 'test')
    const seen = hub.directory.list(only([first])).map(({ label, key }) => ({ label, key }))
    expect(seen).toEqual([
      { label: first, key: 'cam' },
      { label: first, key: 'door' },
    ])
    expect(hub.directory.find(only([second]), { label: second, key: 'cam' })).toMatchObject({
      sequence: 2,
      stream: { label: first, key: 'cam' },
    })
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake: () => {} })
    viewer.watch(1, { label: second })
    expect(viewer.streams).toHaveLength(2)
    hub.remove(anyone, { label: second, key: 'cam' })
    hub.remove(anyone, { label: second, key: 'door' })
    await hub.publish(anyone, frameInput(second, 'cam'), 'test')
    expect(hub.directory.list(anyone).map(({ label }) => label)).toEqual([second])
  })

  it('tells its observers of the first frame of a stream, of changes, and of a stream that is removed', async () => {
    const { hub, clock } = makeHub()
    const seen: string[] = []
    const stop = hub.observe({
      changed: ({ state, newest, warnings }) => seen.push(`${state} ${newest?.sequence} ${warnings.names}`),
      forgotten: ({ name }) => seen.push(`${name.key} is gone`),
    })
    const publish = (warnings: string[]) => hub.publish(anyone, { ...frameInput('a', 'b'), warnings }, 'test')
    for (const warnings of [[], [], ['fire'], ['fire'], []]) await publish(warnings)
    clock.advance(5000)
    hub.remove(anyone, { label: 'a', key: 'b' })
    expect(seen).toEqual(['live 1 ', 'live 3 fire', 'live 5 ', 'stale 5 ', 'b is gone'])
    stop()
    await publish([])
    expect(seen).toHaveLength(5)
  })

  it('ignores a frame that is not newer than the newest, so that echoes and replays do no harm', () => {
    const { hub } = makeHub()
    let wakes = 0
    hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake: () => wakes++ }).watch(0, {})
    expect(hub.accept(anyone, frameInput('a', 'b'), '5-0', 5, 'test')).toBe(true)
    expect(hub.accept(anyone, frameInput('a', 'b'), '5-0', 6, 'test')).toBe(false)
    expect(hub.accept(anyone, frameInput('a', 'b'), '4-9', 6, 'test')).toBe(false)
    expect(hub.accept(anyone, frameInput('a', 'b'), '5-1', 6, 'test')).toBe(true)
    expect(wakes).toBe(2)
  })

  it('counts an echo of what was published here once', async () => {
    const counter = { frames: 0, bytes: 0, skipped: 0 }
    const { hub } = makeHub({}, undefined, undefined, { ...NO_COUNTERS, in: () => counter })
    const { id } = await hub.publish(anyone, frameInput('a', 'b'), 'test')
    expect(hub.accept(anyone, frameInput('a', 'b'), id, 5, 'store')).toBe(false)
    expect(counter).toEqual({ frames: 1, bytes: 10, skipped: 0 })
  })

  it('shows only the newest of frames that come in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), { minLength: 1 }),
        (order) => {
          const { hub } = makeHub()
          for (const [ms, seq] of order) hub.accept(anyone, frameInput('a', 'b'), `${ms}-${seq}`, 0, 'test')
          const highest = Math.max(...order.map(([ms, seq]) => ms * 10 + seq))
          expect(hub.directory.find(anyone, { label: 'a', key: 'b' }).id).toBe(
            `${Math.floor(highest / 10)}-${highest % 10}`,
          )
        },
      ),
    )
  })

  it('keeps the last frames of a stream, so many and no more bytes than that', () => {
    const { hub } = makeHub({ ringFrames: 3, ringBytes: 100 })
    const name = { label: 'a', key: 'b' }
    for (const ms of [1, 2, 3, 4]) hub.accept(anyone, frameInput('a', 'b', 10), `${ms}-0`, ms, 'test')
    expect(() => hub.directory.find(anyone, name, '1-0')).toThrow(/not kept/)
    expect(hub.directory.find(anyone, name, '2-0').receivedAt).toBe(2)
    hub.accept(anyone, frameInput('a', 'b', 95), '5-0', 5, 'test')
    expect(() => hub.directory.find(anyone, name, '4-0')).toThrow(/not kept/)
    hub.accept(anyone, frameInput('a', 'b', 500), '6-0', 6, 'test')
    expect(hub.directory.find(anyone, name).id).toBe('6-0')
  })

  it('refuses one stream too many and goes on with those it has', async () => {
    const { hub } = makeHub({ streams: { max: 2, share: 2 } })
    await hub.publish(anyone, frameInput('a', '1'), 'test')
    await hub.publish(anyone, frameInput('a', '2'), 'test')
    await expect(hub.publish(anyone, frameInput('a', '3'), 'test')).rejects.toMatchObject({ code: 'exhausted' })
    await expect(hub.publish(anyone, frameInput('a', '1'), 'test')).resolves.toHaveProperty('id')
  })

  it('lists streams by label and key, and only those that may be seen', async () => {
    const { hub } = makeHub()
    for (const [label, key] of [
      ['b', 'x'],
      ['a', 'y'],
      ['a', 'x'],
    ] as const)
      hub.accept(anyone, frameInput(label, key), '1-0', 1, 'test')
    const names = (principal: Principal) => hub.directory.list(principal).map(({ label, key }) => `${label}/${key}`)
    expect(names(anyone)).toEqual(['a/x', 'a/y', 'b/x'])
    expect(names(only(['b']))).toEqual(['b/x'])
  })

  it('asks patterns once for each label, not for each stream', () => {
    const { hub } = makeHub()
    for (let i = 0; i < 90; i++) hub.accept(anyone, frameInput(`site ${i % 3}`, `${i}`), '1-0', 1, 'test')
    const patterns = [...Array.from({ length: 30 }, (_, i) => `s*${i + 10}`), 'si?e*2']
    const reader = { ...anyone, grants: [{ actions: ACTIONS, scope: { kind: 'patterns', patterns } as const }] }
    const compared = vi.spyOn(String.prototype, 'codePointAt')
    onTestFinished(() => compared.mockRestore())
    expect(hub.directory.list(reader)).toHaveLength(30)
    expect(hub.directory.labels(reader)).toEqual(['site 2'])
    expect(compared.mock.calls.length).toBeLessThan(3 * patterns.length * 8)
  })

  it('opens no door to who may not pass', async () => {
    const { hub } = makeHub()
    const nobody: Principal = { ...anyone, grants: [] }
    hub.accept(anyone, frameInput('a', 'b'), '1-0', 1, 'test')
    expect(() => hub.directory.list(nobody)).toThrow(/may not view/)
    expect(() => hub.watch(nobody, { dialect: 'test', accepts: IMAGES, wake() {} })).toThrow(/may not view/)
    expect(() => hub.directory.find(nobody, { label: 'a', key: 'b' })).toThrow(/may not view "a\/b"/)
    await expect(hub.publish(nobody, frameInput('a', 'b'), 'test')).rejects.toMatchObject({ code: 'forbidden' })
    const guest = hub.watch(only(['x']), { dialect: 'test', accepts: IMAGES, wake() {} })
    expect(() => guest.watch(0, { label: 'a', key: 'b' })).toThrow(/may not view/)
    guest.watch(1, {})
    expect(guest.streams).toEqual([])
  })
})

describe('the state of a stream', () => {
  it('is live, then stale after thrice its usual interval, then offline, and live again with the next frame', () => {
    const { hub, clock } = makeHub()
    const state = () => hub.directory.list(anyone)[0]?.state
    for (let i = 0; i < 10; i++) {
      hub.accept(anyone, frameInput('a', 'b'), `${i + 1}-0`, clock.now(), 'test')
      clock.advance(1000)
    }
    clock.advance(1700)
    expect(state()).toBe('live')
    clock.advance(600)
    expect(state()).toBe('stale')
    clock.advance(27_000)
    expect(state()).toBe('offline')
    hub.accept(anyone, frameInput('a', 'b'), '99-0', clock.now(), 'test')
    expect(state()).toBe('live')
  })

  it('is stale no sooner than after two seconds, however fast the stream was', () => {
    const { hub, clock } = makeHub()
    for (let i = 0; i < 50; i++) {
      hub.accept(anyone, frameInput('a', 'b'), `${i + 1}-0`, clock.now(), 'test')
      clock.advance(20)
    }
    clock.advance(1700)
    expect(hub.directory.list(anyone)[0]?.state).toBe('live')
    clock.advance(600)
    expect(hub.directory.list(anyone)[0]?.state).toBe('stale')
  })

  it('is told to viewers who want to know, each stream once and as it is now', () => {
    const { hub, clock } = makeHub()
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {}, changes: true })
    viewer.watch(0, { label: 'a' })
    hub.accept(anyone, frameInput('a', 'b'), '1-0', clock.now(), 'test')
    expect(viewer.takeChange()).toMatchObject({ kind: 'joined', stream: { name: { label: 'a', key: 'b' } } })
    expect(viewer.takeChange()).toBeUndefined()
    clock.advance(130_000)
    const change = viewer.takeChange()
    expect(change).toMatchObject({ kind: 'state', stream: { state: 'offline' } })
    expect(viewer.takeChange()).toBeUndefined()
  })

  it('ends with the stream being forgotten, of which viewers are told', () => {
    const { hub, clock } = makeHub({ forgetAfter: 60_000 })
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {}, changes: true })
    viewer.watch(0, {})
    hub.accept(anyone, frameInput('a', 'b'), '1-0', clock.now(), 'test')
    viewer.takeChange()
    clock.advance(61_000)
    expect(hub.directory.list(anyone)).toEqual([])
    expect(viewer.takeChange()).toMatchObject({ kind: 'left' })
    expect(viewer.streams).toEqual([])
  })
})

describe('a store that is in trouble', () => {
  const failing = (): FrameStore & { mode: 'up' | 'down' | 'silent' } => ({
    mode: 'up',
    append(_input, receivedAt): Promise<FrameId> {
      if (this.mode === 'down') return Promise.reject(new Error('connection refused'))
      if (this.mode === 'silent') return new Promise(() => {})
      const id: FrameId = `${receivedAt}-0`
      return Promise.resolve(id)
    },
    subscribe: () => () => {},
    async lookUp() {},
    async check() {},
    health: () => ({ isHealthy: true }),
    forget() {},
    async close() {},
  })

  it('does not keep a frame from being shown, with an id above the newest; the answer says so', async () => {
    const store = failing()
    const { hub, clock } = makeHub({}, store)
    await hub.publish(anyone, frameInput('a', 'b'), 'test')
    store.mode = 'down'
    const answer = await hub.publish(anyone, frameInput('a', 'b'), 'test')
    expect(answer).toEqual({ id: `${clock.now()}-1`, notStored: 'connection refused' })
    expect(hub.directory.find(anyone, { label: 'a', key: 'b' }).id).toBe(answer.id)
    clock.advance(10)
    store.mode = 'up'
    expect(await hub.publish(anyone, frameInput('a', 'b'), 'test')).toEqual({ id: `${clock.now()}-0` })
  })

  it('delays a frame by the time limit at most when it does not answer at all', async () => {
    const store = failing()
    store.mode = 'silent'
    const { hub, clock } = makeHub({ storeTimeout: 500 }, store)
    const published = hub.publish(anyone, frameInput('a', 'b'), 'test')
    clock.advance(500)
    expect(await published).toMatchObject({ notStored: 'the store did not answer within 500 ms' })
    expect(hub.directory.list(anyone)).toHaveLength(1)
  })
})

import { describe, expect, it } from 'vitest'
import { anyone, frameInput, makeHub } from '../../test/support/hub.ts'
import type { DeclareOptions } from './declared-stream.ts'
import { type Demand, NO_DEMAND } from './demand.ts'
import { IMAGES } from './frame.ts'
import type { Principal } from './principal.ts'
import { streamId } from './stream-name.ts'

const NAME = { label: 'site', key: 'cam' }

function setUp(options: Partial<DeclareOptions> = {}, rules = {}) {
  const { hub, clock } = makeHub(rules)
  const told: Demand[] = []
  const declare = () =>
    hub.declare(
      anyone,
      NAME,
      { when: 'on-demand', startTimeout: 5000, closeAfter: 0, ...options },
      { demandChanged: (demand) => told.push(demand) },
    )
  const watcher = (maxFps?: number) => {
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {}, changes: true })
    viewer.watch(0, { ...NAME, maxFps })
    return viewer
  }
  return {
    hub,
    clock,
    told,
    declare,
    watcher,
    /** State and reason. */
    state: () => hub.directory.list(anyone).map(({ state, reason }) => `${state}: ${reason}`)[0],
    publish: () => hub.publish(anyone, frameInput('site', 'cam'), 'test'),
  }
}

describe('a declared stream that nobody feeds', () => {
  it('is idle, starting once it is watched, and offline when nothing comes in time', () => {
    const { clock, told, declare, watcher, state } = setUp()
    declare()
    clock.advance(100_000)
    expect(state()).toBe('idle: on demand: nobody is watching')
    const viewer = watcher()
    expect(told).toEqual([{ viewers: 1, maxFps: undefined, maxWidth: undefined, kinds: ['image'] }])
    expect(state()).toBe('starting: waiting for the first frame')
    clock.advance(4900)
    expect(state()).toBe('starting: waiting for the first frame')
    clock.advance(500)
    expect(state()).toBe('offline: no frame within 5 s of starting')
    viewer.close()
    expect(told.slice(1)).toEqual([NO_DEMAND])
    expect(state()).toBe('idle: on demand: nobody is watching')
  })

  it('tells its provider once of viewers who come, and once that the last has left', () => {
    const { told, declare, watcher } = setUp()
    declare()
    const viewers = [watcher(), watcher(), watcher()]
    for (const viewer of viewers) viewer.close()
    expect(told.map(({ viewers: count }) => count > 0)).toEqual([true, false])
  })

  it('tells its provider when more or less of it is wanted', () => {
    const { told, declare, watcher } = setUp()
    declare()
    const slow = watcher(2)
    const fast = watcher(10)
    slow.watch(0, { ...NAME, maxFps: 5 })
    fast.close()
    slow.close()
    expect(told.map(({ maxFps }) => maxFps)).toEqual([2, 10, 5, 0])
  })

  it('is not asked for by who wants news only', () => {
    const { told, declare, watcher, state } = setUp()
    declare()
    watcher(0)
    expect(told).toEqual([])
    expect(state()).toContain('idle')
  })

  it('is asked for by who waited for it before it was declared', () => {
    const { told, declare, watcher, state } = setUp()
    const viewer = watcher()
    declare()
    expect(told).toHaveLength(1)
    expect(state()).toContain('starting')
    expect(viewer.takeChange()).toMatchObject({ kind: 'joined', stream: { state: 'starting' } })
  })

  it('works on for a while when the last viewer has left, so that one who changes pages finds it live', async () => {
    const { clock, told, declare, watcher, state, publish } = setUp({ closeAfter: 10_000 })
    declare()
    watcher().close()
    await publish()
    clock.advance(1000)
    expect(told).toHaveLength(1)
    expect(state()).toBe('live: frames are coming in')
    watcher().close()
    clock.advance(9900)
    expect(told).toHaveLength(1)
    clock.advance(100)
    expect(told).toHaveLength(2)
    expect(state()).toContain('idle')
  })
})

describe('a declared stream', () => {
  it('is live with its first frame, stale and offline as any other', async () => {
    const { clock, declare, watcher, state, publish } = setUp()
    declare()
    const viewer = watcher()
    await publish()
    expect(state()).toBe('live: frames are coming in')
    clock.advance(2500)
    expect(state()).toBe('stale: no frame for longer than usual')
    clock.advance(120_000)
    expect(state()).toBe('offline: no frame for a long time')
    viewer.close()
    expect(state()).toContain('idle')
  })

  it('tells its viewers of each change', async () => {
    const { declare, watcher, publish } = setUp()
    declare()
    const viewer = watcher()
    expect(viewer.takeChange()).toMatchObject({ kind: 'state', stream: { state: 'starting' } })
    await publish()
    expect(viewer.takeChange()).toMatchObject({ kind: 'state', stream: { state: 'live' } })
    expect(viewer.takeChange()).toBeUndefined()
  })

  it('says what its provider says is wrong, until a frame comes', async () => {
    const { clock, declare, watcher, state, publish } = setUp()
    const declaration = declare()
    declaration.failed('nobody has asked for it yet')
    expect(state()).toContain('idle')
    watcher()
    declaration.failed('connection refused')
    expect(state()).toBe('offline: connection refused')
    clock.advance(60_000)
    declaration.failed('wrong password')
    expect(state()).toBe('offline: wrong password')
    await publish()
    expect(state()).toContain('live')
  })

  it('that is always fed is starting from the beginning, and only told how much is wanted', () => {
    const { told, declare, watcher, state } = setUp({ when: 'always' })
    declare()
    expect(state()).toContain('starting')
    watcher(3).close()
    expect(told.map(({ maxFps }) => maxFps)).toEqual([3, 0])
    expect(state()).toContain('starting')
  })

  it('that is always fed is never told of as idle', () => {
    const { hub, declare } = setUp({ when: 'always' })
    const told: string[] = []
    const viewer = hub.watch(anyone, {
      dialect: 'test',
      accepts: IMAGES,
      changes: true,
      wake() {
        for (let change = viewer.takeChange(); change; change = viewer.takeChange())
          told.push(`${change.kind} ${change.stream.state}`)
      },
    })
    viewer.watch(0, { maxFps: 0 })
    declare()
    expect(told).toEqual(['joined starting'])
  })

  it('is live though nobody asked for it while somebody publishes, but for a frame that was on its way', async () => {
    const { clock, declare, state, publish } = setUp()
    declare()
    await publish()
    expect(state()).toContain('idle')
    await publish()
    expect(state()).toContain('live')
    clock.advance(2500)
    expect(state()).toContain('idle')
  })

  it('stays live when its source fails and is back before anybody could miss a frame', async () => {
    const { clock, declare, watcher, state, publish } = setUp()
    const declaration = declare()
    watcher()
    await publish()
    declaration.failed('its thread ended')
    expect(state()).toContain('live')
    clock.advance(2500)
    expect(state()).toBe('offline: its thread ended')
    await publish()
    expect(state()).toContain('live')
  })

  it('takes the time in which nobody asked for no interval between two frames', async () => {
    const { clock, declare, watcher, state, publish } = setUp()
    declare()
    for (let visit = 0; visit < 5; visit++) {
      const viewer = watcher()
      await publish()
      viewer.close()
      clock.advance(60_000)
    }
    watcher()
    for (let i = 0; i < 5; i++) {
      await publish()
      clock.advance(100)
    }
    clock.advance(2300)
    expect(state()).toBe('stale: no frame for longer than usual')
  })

  it('counts as existing: it is listed, found without a picture, and never forgotten', () => {
    const { hub, clock, declare } = setUp({}, { forgetAfter: 60_000 })
    declare()
    clock.advance(120_000)
    expect(hub.directory.list(anyone)).toMatchObject([{ ...NAME, newest: undefined }])
    expect(() => hub.directory.find(anyone, NAME)).toThrow('There is no picture of "site/cam" yet')
  })

  it('counts in the limit of streams, and one frame more opens none beyond it', () => {
    const { hub, declare } = setUp({}, { streams: { max: 1, share: 1 } })
    declare()
    expect(() => hub.accept(anyone, frameInput('site', 'other'), '1-0', 1, 'test')).toThrow(/limit/)
    expect(hub.accept(anyone, frameInput('site', 'cam'), '1-0', 1, 'test')).toBe(true)
    const full = { when: 'always', startTimeout: 1, closeAfter: 0 } as const
    expect(() => hub.declare(anyone, { label: 'x', key: 'y' }, full, { demandChanged() {} })).toThrow(/limit/)
  })

  it('is declared by one provider at a time, who may publish it', () => {
    const { hub, declare } = setUp()
    declare()
    expect(declare).toThrow(/declared already/)
    const nobody: Principal = { ...anyone, grants: [] }
    const options = { when: 'always', startTimeout: 1, closeAfter: 0 } as const
    expect(() => hub.declare(nobody, { label: 'x', key: 'y' }, options, { demandChanged() {} })).toThrow(/may not/)
  })

  it('is gone with its declaration if it never showed anything, else grows stale as any other', async () => {
    const { hub, clock, declare, watcher, state, publish } = setUp()
    const viewer = watcher()
    declare().withdraw()
    expect(hub.directory.list(anyone)).toEqual([])
    expect(viewer.streams).toEqual([])
    const declaration = declare()
    await publish()
    declaration.withdraw()
    expect(state()).toContain('live')
    clock.advance(3000)
    expect(state()).toContain('stale')
  })

  it('outlives a provider that throws at the news', () => {
    const { hub, watcher, state } = setUp()
    const demandChanged = () => {
      throw new Error('no such camera')
    }
    hub.declare(anyone, NAME, { when: 'on-demand', startTimeout: 5000, closeAfter: 0 }, { demandChanged })
    watcher()
    expect(state()).toBe('offline: no such camera')
  })
})

describe('viewers at other servers', () => {
  const elsewhere = (maxFps: number) => {
    const demand: Demand = { viewers: 2, maxFps, maxWidth: 640, kinds: ['image'] }
    return new Map([[streamId(NAME), { name: NAME, demand }]])
  }

  it('make demand for what a source here feeds, with those here, and are counted', () => {
    const { hub, told, declare, watcher } = setUp()
    hub.takeDemandElsewhere(elsewhere(5))
    declare()
    expect(told).toEqual([{ viewers: 2, maxFps: 5, maxWidth: 640, kinds: ['image'] }])
    const viewer = watcher(10)
    expect(told.at(-1)).toMatchObject({ viewers: 3, maxFps: 10 })
    expect(hub.directory.list(anyone)[0]?.demand.viewers).toBe(3)
    viewer.close()
    hub.takeDemandElsewhere(new Map())
    expect(told.at(-1)).toEqual(NO_DEMAND)
  })

  it('make none for what is read from a store, as other servers read it themselves', () => {
    const { hub, told, declare } = setUp({ isStored: true })
    declare()
    hub.takeDemandElsewhere(elsewhere(5))
    expect(told).toEqual([])
    expect(hub.directory.list(anyone)[0]?.demand.viewers).toBe(2)
  })
})

describe('a stream that another server feeds', () => {
  const OFFLINE = { state: 'offline', reason: 'the camera does not answer' } as const

  it('is as that server says while nobody watches here', () => {
    const { declare, state } = setUp({ isStored: true })
    const declaration = declare()
    declaration.reported({ state: 'starting', reason: 'waiting for the first frame' })
    expect(state()).toBe('starting: waiting for the first frame')
    declaration.reported(OFFLINE)
    expect(state()).toBe('offline: the camera does not answer')
    declaration.failed('Redis is away')
    expect(state()).toBe('offline: Redis is away')
    declaration.reported(OFFLINE)
    expect(state()).toBe('offline: the camera does not answer')
    declaration.reported(undefined)
    expect(state()).toBe('idle: on demand: nobody is watching')
  })

  it('is live for viewers here while its frames come, and tells them why they do not', async () => {
    const { clock, declare, watcher, state, publish } = setUp({ isStored: true })
    const declaration = declare()
    declaration.reported({ state: 'idle', reason: 'nobody is watching' })
    watcher()
    expect(state()).toBe('starting: waiting for the first frame')
    declaration.reported(OFFLINE)
    expect(state()).toBe('offline: the camera does not answer')
    await publish()
    expect(state()).toBe('live: frames are coming in')
    clock.advance(3000)
    expect(state()).toBe('offline: the camera does not answer')
  })
})

import { describe, expect, it } from 'vitest'
import { anyone, frameInput, makeHub } from '../../test/support/hub.ts'
import { IMAGES } from './frame.ts'

const NAME = { label: 'beamline', key: 'image' }
const MONITORED = { when: 'on-demand', startTimeout: 5000, closeAfter: 0, isMonitored: true } as const

/** A hub with a stream whose source always listens. */
function setUp() {
  const { hub, clock } = makeHub()
  const changes: string[] = []
  hub.observe({ changed: ({ condition }) => changes.push(condition.state), forgotten() {} })
  const declaration = hub.declare(anyone, NAME, MONITORED, { demandChanged() {} })
  return {
    hub,
    clock,
    declaration,
    changes,
    watch(maxFps?: number) {
      const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
      viewer.watch(0, { ...NAME, maxFps })
      return viewer
    },
    publish: () => hub.publish(anyone, frameInput('beamline', 'image'), 'test'),
    state: () => hub.directory.condition(anyone, NAME).state,
    status: () => hub.directory.list(anyone)[0] ?? expect.fail('it is not listed'),
  }
}

describe('a stream whose source always listens', () => {
  it('is what its source says while nobody watches, and silent when its source says nothing more', () => {
    const { clock, declaration, state } = setUp()
    expect(state()).toBe('idle')
    declaration.heard(0, 10)
    expect(state()).toBe('live')
    clock.advance(2500)
    expect(state()).toBe('stale')
    clock.advance(30_000)
    expect(state()).toBe('offline')
    declaration.heard(0, 10)
    expect(state()).toBe('live')
  })

  it('is listed with the rate that its source hears, and with no picture', () => {
    const { clock, declaration, status } = setUp()
    declaration.heard(0, 10)
    expect(status()).toMatchObject({ state: 'live', fps: 100, bytesPerSecond: 0, newest: undefined })
    clock.advance(2500)
    expect(status()).toMatchObject({ state: 'stale', fps: 0 })
  })

  it('is offline for the reason that its source gives, watched or not, until it is heard again', () => {
    const { declaration, hub, watch } = setUp()
    const condition = () => hub.directory.condition(anyone, NAME)
    declaration.heard(0, 10)
    declaration.failed('nothing answers at tcp://localhost:8888')
    const failed = { state: 'offline', reason: 'nothing answers at tcp://localhost:8888' }
    expect(condition()).toEqual(failed)
    const viewer = watch()
    expect(condition()).toEqual(failed)
    viewer.close()
    expect(condition()).toEqual(failed)
    declaration.heard(0, 10)
    expect(condition().state).toBe('live')
  })

  it('stays live when somebody begins to watch and leaves, and is offline if no frame comes in time', async () => {
    const { clock, declaration, changes, state, watch, publish } = setUp()
    declaration.heard(0, 10)
    const first = watch()
    await publish()
    first.close()
    declaration.heard(0, 10)
    watch()
    expect(new Set(changes)).toEqual(new Set(['live']))
    clock.advance(4000)
    declaration.heard(0, 10)
    expect(state()).toBe('live')
    clock.advance(1500)
    declaration.heard(0, 10)
    expect(state()).toBe('offline')
  })

  it('stays live while those who watch want few frames, and is stale once one is overdue by the rate that they want', async () => {
    const { clock, declaration, state, watch, publish } = setUp()
    watch(0.1)
    await publish()
    for (const [ms, expected] of [
      [14_000, 'live'],
      [1500, 'stale'],
      [20_000, 'offline'],
    ] as const) {
      clock.advance(ms)
      declaration.heard(0, 10)
      expect(state()).toBe(expected)
    }
  })

  it('tells its source of everybody who comes, also when the work is the same or another leaves', () => {
    const { declaration, watch } = setUp()
    const first = watch()
    watch()
    expect([declaration.demand.viewers, declaration.arrivals]).toEqual([2, 2])
    first.close()
    expect([declaration.demand.viewers, declaration.arrivals]).toEqual([1, 2])
    watch()
    expect([declaration.demand.viewers, declaration.arrivals]).toEqual([2, 3])
  })

  it('notifies nobody while it goes on as before', () => {
    const { clock, declaration, changes } = setUp()
    for (let pulse = 0; pulse < 1000; pulse++) {
      declaration.heard(0, 10)
      clock.advance(10)
    }
    expect(changes).toEqual(['live'])
  })

  it('lets a snapshot wait for its first frame, as nobody watches it yet', () => {
    const { hub, declaration } = setUp()
    declaration.heard(0, 10)
    expect(hub.directory.startTimeout(anyone, NAME)).toBe(5000)
  })
})

describe('a stream that is withdrawn with a reason', () => {
  it('says so until it is forgotten as any other, had it frames or not', () => {
    const { hub, clock, declaration, state } = setUp()
    declaration.heard(0, 10)
    declaration.withdraw('the instrument sends no channel "image" any more')
    expect(hub.directory.condition(anyone, NAME)).toEqual({
      state: 'offline',
      reason: 'the instrument sends no channel "image" any more',
    })
    clock.advance(3_590_000)
    expect(state()).toBe('offline')
    clock.advance(20_000)
    expect(hub.directory.list(anyone)).toEqual([])
  })

  it('is as any other again once it is declared again, or somebody publishes it', async () => {
    const { hub, declaration, publish, state } = setUp()
    declaration.withdraw('gone')
    hub.declare(anyone, NAME, MONITORED, { demandChanged() {} }).withdraw('gone again')
    expect(hub.directory.condition(anyone, NAME).reason).toBe('gone again')
    await publish()
    expect(state()).toBe('live')
  })
})

import { describe, expect, it } from 'vitest'
import { anyone, frameInput, makeHub } from '../../test/support/hub.ts'
import { IMAGES } from './frame.ts'

const NAME = { label: 'site', key: 'cam' }
const STORED = { when: 'on-demand', startTimeout: 10_000, closeAfter: 0, isStored: true } as const

/** A hub with a stream that is in a store. */
function setUp() {
  const { hub, clock } = makeHub()
  const told: number[] = []
  const provider = { demandChanged: ({ viewers }: { viewers: number }) => told.push(viewers) }
  const declaration = hub.declare(anyone, NAME, STORED, provider)
  const watch = () => {
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
    viewer.watch(0, NAME)
    return viewer
  }
  const accept = (id: `${number}-${number}`, age: number) =>
    hub.accept(anyone, frameInput('site', 'cam'), id, clock.now() - age, 'store')
  return { hub, clock, told, declaration, watch, accept, state: () => hub.directory.condition(anyone, NAME).state }
}

describe('a stream that is in a store', () => {
  it('is what the store says of it while nobody watches', () => {
    const { clock, declaration, state } = setUp()
    expect(state()).toBe('idle')
    declaration.heard(100, 0)
    expect(state()).toBe('live')
    // Until the store looks again nothing is known.
    clock.advance(10_000)
    expect(state()).toBe('live')
    declaration.heard(2500, 0)
    expect(state()).toBe('stale')
    declaration.heard(2500, 1000)
    expect(state()).toBe('live')
    declaration.heard(60_000, 0)
    expect(state()).toBe('offline')
  })

  it('is offline for the reason that the store fails for, watched or not, until the store has looked again', () => {
    const { hub, clock, declaration, watch, accept, state } = setUp()
    declaration.heard(100, 0)
    declaration.failed('Redis is away')
    expect(hub.directory.condition(anyone, NAME)).toEqual({ state: 'offline', reason: 'Redis is away' })
    declaration.heard(100, 0)
    expect(state()).toBe('live')
    watch()
    accept('5-0', 0)
    declaration.failed('Redis is away')
    expect(state()).toBe('live')
    clock.advance(3000)
    expect(hub.directory.condition(anyone, NAME)).toEqual({ state: 'offline', reason: 'Redis is away' })
    declaration.heard(3000, 0)
    expect(state()).toBe('stale')
  })

  it('shows frames with their true age', () => {
    const { hub, watch, accept, state, clock } = setUp()
    watch()
    accept('5-0', 120_000)
    expect(state()).toBe('offline')
    expect(hub.directory.find(anyone, NAME).receivedAt).toBe(clock.now() - 120_000)
    accept('6-0', 0)
    expect(state()).toBe('live')
  })

  it('has the interval that the store knows, until enough of its frames were seen here', () => {
    const { watch, declaration, accept, state, clock } = setUp()
    declaration.heard(0, 40_000)
    watch()
    accept('5-0', 10_000)
    clock.advance(100_000)
    expect(state()).toBe('live')
    clock.advance(10_250)
    expect(state()).toBe('offline')
  })

  it('is silent for longer before it counts as offline if nobody knows how often it has frames', () => {
    const { declaration, state } = setUp()
    declaration.heard(119_000, undefined)
    expect(state()).toBe('stale')
    declaration.heard(120_000, undefined)
    expect(state()).toBe('offline')
  })

  it('is read while somebody watches', () => {
    const { told, watch } = setUp()
    watch().close()
    expect(told).toEqual([1, 0])
  })

  it('is taken over by a source of this server', () => {
    const { hub, told, declaration, watch, state } = setUp()
    hub.declare(anyone, NAME, { when: 'on-demand', startTimeout: 1000, closeAfter: 0 }, { demandChanged() {} })
    declaration.heard(100, 0)
    declaration.failed('Redis is away')
    expect(state()).toBe('idle')
    expect(declaration.isWithdrawn).toBe(true)
    watch()
    expect(told).toEqual([])
    declaration.withdraw()
    expect(hub.directory.isDeclared(anyone, NAME)).toBe(true)
  })

  it('can be removed', () => {
    const { hub } = setUp()
    hub.remove(anyone, NAME)
    expect(() => hub.directory.condition(anyone, NAME)).toThrow('There is no stream')
  })
})

it('a stream that is found in the store right after its frame was shown here is not waiting for its first one', async () => {
  const { hub, clock } = makeHub()
  await hub.publish(anyone, frameInput('site', 'cam'), 'test')
  hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} }).watch(0, NAME)
  hub.declare(anyone, NAME, STORED, { demandChanged() {} })
  expect(hub.directory.condition(anyone, NAME).state).toBe('live')
  clock.advance(5000)
  expect(hub.directory.condition(anyone, NAME).state).toBe('stale')
})

import { describe, expect, it } from 'vitest'
import { anyone, frameInput, makeHub } from '../../test/support/hub.ts'
import type { Demand } from './demand.ts'
import { IMAGES } from './frame.ts'
import type { HubRules } from './hub-parts.ts'
import type { PulledSource, SourceRun } from './pulled-source.ts'
import { Supervisor } from './supervisor.ts'

const NAME = { label: 'beamline', key: 'image' }
const OPTIONS = { when: 'on-demand', startTimeout: 5000, closeAfter: 0, isMonitored: true } as const

/** A source that finds its streams while it runs; its runs fail and settle when the test says so. */
function setUp(rules: Partial<HubRules> = {}, more: Partial<PulledSource> = {}) {
  const { hub, clock } = makeHub(rules)
  const runs: (SourceRun & { fail(reason: string): void; finish(): void })[] = []
  const supervisor = new Supervisor({ hub, clock, log: { error() {}, warn() {}, info() {} }, random: () => 1 })
  const supervised = supervisor.supervise({
    name: 'instrument',
    dialect: 'test',
    streams: [],
    principal: anyone,
    options: OPTIONS,
    runs: 'always',
    run: (run) =>
      new Promise((resolve, reject) => {
        runs.push({ ...run, fail: (reason) => reject(new Error(reason)), finish: resolve })
      }),
    ...more,
  })
  return {
    hub,
    clock,
    supervisor,
    supervised,
    runs,
    last: () => runs.at(-1) ?? expect.fail('it was not run'),
    watch() {
      const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
      viewer.watch(0, NAME)
      return viewer
    },
    list: () => hub.directory.list(anyone).map(({ key, state, reason }) => `${key} ${state}: ${reason}`),
    settle: () => new Promise(setImmediate),
  }
}

describe('a source that finds its streams while it runs', () => {
  it('runs though it has none, and is told of the demand for those that it finds', () => {
    const { last, watch, list } = setUp()
    const told: Demand[] = []
    const declaration = last().declare(NAME, OPTIONS, (demand) => told.push(demand))
    declaration.heard(0, 10)
    expect(list()).toEqual(['image live: frames are coming in'])
    expect(last().demand(NAME).viewers).toBe(0)
    const viewer = watch()
    expect(last().demand(NAME).viewers).toBe(1)
    viewer.close()
    expect(told.map(({ viewers }) => viewers)).toEqual([1, 0])
    expect(last().signal.aborted).toBe(false)
  })

  it('is told at once of who waits for a stream that it finds', () => {
    const { last, watch } = setUp()
    last().declare(NAME, OPTIONS).withdraw('gone')
    watch()
    const told: Demand[] = []
    last().declare(NAME, OPTIONS, (demand) => told.push(demand))
    expect(told.map(({ viewers }) => viewers)).toEqual([1])
    expect(() => last().declare(NAME, OPTIONS)).toThrow('declared already')
  })

  it('may lose one, which says why, and find it again', () => {
    const { last, list } = setUp()
    last().declare(NAME, OPTIONS).withdraw('the instrument sends no channel "image" any more')
    expect(list()).toEqual(['image offline: the instrument sends no channel "image" any more'])
    last().declare(NAME, OPTIONS).heard(0, 10)
    expect(list()).toEqual(['image live: frames are coming in'])
    last()
      .declare({ ...NAME, key: 'placeholder' }, OPTIONS)
      .withdraw()
    expect(list()).toHaveLength(1)
  })

  it('leaves them listed with the reason when it fails, and takes them over when it runs again', async () => {
    const { clock, runs, last, list, watch, settle } = setUp()
    const before = last().declare(NAME, OPTIONS)
    before.heard(0, 10)
    last()
      .declare({ ...NAME, key: 'profile' }, OPTIONS)
      .heard(0, 10)
    last().ready()
    last().fail('it sent nothing that could be read')
    await settle()
    const failed = 'offline: it sent nothing that could be read'
    expect(list()).toEqual([`image ${failed}`, `profile ${failed}`])
    watch()
    expect(list()).toContain(`image ${failed}`)
    clock.advance(1000)
    expect(runs).toHaveLength(2)
    const told: Demand[] = []
    last()
      .declare(NAME, OPTIONS, (demand) => told.push(demand))
      .heard(0, 10)
    expect(told.map(({ viewers }) => viewers)).toEqual([1])
    before.failed('this is over')
    before.withdraw()
    expect(before.isWithdrawn).toBe(true)
    last().ready()
    expect(list()).toEqual([
      'image live: frames are coming in',
      'profile offline: its source works again, and has no such stream any more',
    ])
    await last().publish(frameInput('beamline', 'image'))
    expect(list()[0]).toContain('live')
  })

  it('withdraws all when it is stopped, and can declare none after that', async () => {
    const { supervisor, last, list } = setUp()
    last().declare(NAME, OPTIONS).heard(0, 10)
    const closed = supervisor.close()
    expect(list()).toEqual([])
    expect(() => last().declare(NAME, OPTIONS)).toThrow('stopped')
    last().finish()
    await closed
  })

  it('gets a refusal that it can show when there are too many streams', () => {
    const { last, list } = setUp({ streams: { max: 1, share: 1 } })
    last().declare(NAME, OPTIONS)
    expect(() => last().declare({ ...NAME, key: 'profile' }, OPTIONS)).toThrow('streams.max')
    expect(list()).toHaveLength(1)
  })

  it('that runs while it is wanted runs for those that it has found, too', async () => {
    const { runs, last, watch, settle, hub } = setUp({}, { streams: [{ ...NAME, key: 'main' }], runs: 'while-wanted' })
    expect(runs).toHaveLength(0)
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
    viewer.watch(0, { ...NAME, key: 'main' })
    last().declare(NAME, OPTIONS)
    viewer.close()
    expect(last().signal.aborted).toBe(true)
    last().finish()
    await settle()
    watch()
    expect(runs).toHaveLength(2)
  })
})

import { describe, expect, it } from 'vitest'
import { anyone, frameInput, makeHub } from '../../test/support/hub.ts'
import { ALL } from './authorization.ts'
import type { DeclareOptions } from './declared-stream.ts'
import { IMAGES } from './frame.ts'
import { systemPrincipal } from './principal.ts'
import { SourceFailure, type SourceRun } from './pulled-source.ts'
import { Supervisor } from './supervisor.ts'

const NAME = { label: 'site', key: 'cam' }
const feeder = systemPrincipal('camera', [{ actions: ['publish'], scope: ALL }])

/** A run of a source that works and fails when the test says so. */
interface TestRun extends SourceRun {
  fail(reason: string): void
  /** Fails with a `retryAfter`, ms. */
  failFor(ms: number): void
  /** Settles after it was stopped. */
  finish(): void
}

function setUp(options: Partial<DeclareOptions> = {}, yieldsFor?: number) {
  const { hub, clock } = makeHub()
  const runs: TestRun[] = []
  const startedAt: number[] = []
  const logged: unknown[] = []
  const log = { error() {}, warn: (fields: { reason: string }) => logged.push(fields.reason), info() {} }
  const supervisor = new Supervisor({ hub, clock, log, random: () => 1 })
  const keep = (streams = [NAME]) =>
    supervisor.supervise({
      name: 'camera',
      dialect: 'test',
      streams,
      principal: feeder,
      ...(yieldsFor !== undefined && { yieldsFor }),
      options: { when: 'on-demand', startTimeout: 5000, closeAfter: 0, ...options },
      run: (run) =>
        new Promise((resolve, reject) => {
          startedAt.push(clock.now())
          runs.push({
            ...run,
            fail: (reason) => reject(new Error(reason)),
            failFor: (ms) => reject(new SourceFailure('wrong password', ms)),
            finish: resolve,
          })
        }),
    })
  const watch = (key = 'cam') => {
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
    viewer.watch(0, { label: 'site', key })
    return viewer
  }
  return {
    hub,
    clock,
    supervisor,
    runs,
    logged,
    startedAt,
    keep,
    watch,
    last: () => runs.at(-1) ?? expect.fail('it was not run'),
    state: () => hub.directory.list(anyone).map(({ state, reason }) => `${state}: ${reason}`)[0],
    /** Lets promises settle without running timers. */
    settle: () => new Promise(setImmediate),
  }
}

describe('a supervised source on demand', () => {
  it('runs at once when somebody watches, and is told to stop when the last has left', async () => {
    const { runs, keep, watch, last, state, settle } = setUp()
    keep()
    expect(runs).toHaveLength(0)
    const viewer = watch()
    expect(runs).toHaveLength(1)
    expect(state()).toContain('starting')
    last().ready()
    await last().publish(frameInput('site', 'cam'))
    expect(state()).toContain('live')
    viewer.close()
    expect(last().signal.aborted).toBe(true)
    expect(state()).toContain('idle')
    last().finish()
    await settle()
    expect(runs).toHaveLength(1)
  })

  it('fails three times, each time tried again after a longer while, and recovers', async () => {
    const { clock, startedAt, keep, watch, last, state, settle } = setUp()
    keep()
    watch()
    for (const reason of ['connection refused', 'wrong password', 'no route to host']) {
      last().fail(reason)
      await settle()
      expect(state()).toBe(`offline: ${reason}`)
      clock.advance(10_000)
    }
    last().ready()
    await last().publish(frameInput('site', 'cam'))
    expect(state()).toBe('live: frames are coming in')
    expect(startedAt.map((at) => at - (startedAt[0] ?? 0))).toEqual([0, 500, 10_000 + 1000, 20_000 + 2000])
  })

  it('tells nobody the password in an address that it could not read', async () => {
    const { keep, watch, last, state, settle } = setUp()
    keep()
    watch()
    last().fail('connection to rtsp://admin:geheim@cam/1 refused')
    await settle()
    expect(state()).toBe('offline: connection to rtsp://admin:***@cam/1 refused')
  })

  it('is not hurried by viewers who come and go while it waits to be tried again', async () => {
    const { clock, runs, keep, watch, last, state, settle } = setUp()
    keep()
    const viewer = watch()
    last().fail('connection refused')
    await settle()
    viewer.close()
    for (let i = 0; i < 10; i++) watch().close()
    watch()
    expect(runs).toHaveLength(1)
    expect(state()).toBe('offline: connection refused')
    clock.advance(500)
    expect(runs).toHaveLength(2)
  })

  it('is tried soon again when it had worked for long', async () => {
    const { clock, startedAt, keep, watch, last, settle } = setUp()
    keep()
    watch()
    for (let i = 0; i < 6; i++) {
      last().fail('connection refused')
      await settle()
      clock.advance(10_000)
    }
    last().ready()
    clock.advance(60_000)
    const failedAt = clock.now()
    last().fail('it ended')
    await settle()
    clock.advance(10_000)
    expect((startedAt.at(-1) ?? 0) - failedAt).toBe(500)
  })

  it('runs once when a viewer leaves as it hears of the failure, and can be stopped', async () => {
    const { hub, clock, runs, keep, last, settle } = setUp()
    keep()
    const slow = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
    slow.watch(0, { ...NAME, maxFps: 5 })
    const fast = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake: () => fast.close(), changes: true })
    fast.watch(0, NAME)
    last().fail('connection refused')
    await settle()
    expect(runs).toHaveLength(1)
    clock.advance(500)
    expect(runs).toHaveLength(2)
  })

  it('is not tried before it says that it is worth it, which may be never', async () => {
    const { clock, runs, keep, watch, last, state, settle } = setUp()
    keep()
    watch()
    last().failFor(60_000)
    await settle()
    clock.advance(59_999)
    expect(runs).toHaveLength(1)
    clock.advance(1)
    expect(runs).toHaveLength(2)
    last().failFor(Number.POSITIVE_INFINITY)
    await settle()
    clock.advance(10 * 3_600_000)
    expect(runs).toHaveLength(2)
    expect(state()).toBe('offline: wrong password')
  })

  it('waits longer each time also if nobody stays, until it was left alone for a minute', async () => {
    const { clock, startedAt, keep, watch, last, settle } = setUp()
    keep()
    const waits: number[] = []
    for (let i = 0; i < 4; i++) {
      const viewer = watch()
      last().fail('connection refused')
      await settle()
      const failedAt = clock.now()
      viewer.close()
      clock.advance(100)
      const next = watch()
      clock.advance(10_000)
      waits.push((startedAt.at(-1) ?? 0) - failedAt)
      next.close()
      last().finish()
      await settle()
      if (i === 2) clock.advance(60_000)
    }
    expect(waits).toEqual([500, 1000, 2000, 500])
  })

  it('says what is wrong also when a frame was still on its way to the store', async () => {
    const { clock, keep, watch, last, state, settle } = setUp()
    keep()
    watch()
    const published = last().publish(frameInput('site', 'cam'))
    last().fail('connection refused')
    await settle()
    await published
    expect(state()).toBe('live: frames are coming in')
    clock.advance(2500)
    expect(state()).toBe('offline: connection refused')
  })

  it('never runs twice at a time: who comes back waits until the run before has let go', async () => {
    const { runs, keep, watch, last, settle } = setUp()
    keep()
    watch().close()
    watch()
    await settle()
    expect(runs).toHaveLength(1)
    last().finish()
    await settle()
    expect(runs).toHaveLength(2)
    expect(last().signal.aborted).toBe(false)
  })

  it('works while any of its streams is watched, and knows what is wanted of each', () => {
    const { runs, keep, watch, last } = setUp()
    keep([NAME, { label: 'site', key: 'other' }])
    const first = watch('cam')
    const second = watch('other')
    first.close()
    expect(last().signal.aborted).toBe(false)
    expect(last().demand(NAME).viewers).toBe(0)
    expect(last().demand({ label: 'site', key: 'other' }).viewers).toBe(1)
    second.close()
    expect(last().signal.aborted).toBe(true)
    expect(runs).toHaveLength(1)
  })

  it('publishes nothing any more once its run has ended', async () => {
    const { hub, keep, watch, last } = setUp()
    keep()
    const viewer = watch()
    viewer.close()
    expect(await last().publish(frameInput('site', 'cam'))).toBeUndefined()
    expect(hub.directory.list(anyone)[0]?.newest).toBeUndefined()
  })
})

describe('a supervised source that waits to be run again', () => {
  it('waits three seconds at most while it is watched, and ten else', async () => {
    const { clock, runs, keep, watch, last, settle } = setUp({ when: 'always' })
    keep()
    for (let i = 0; i < 6; i++) {
      last().fail('connection refused')
      await settle()
      clock.advance(10_000)
    }
    expect(runs).toHaveLength(7)
    last().fail('connection refused')
    await settle()
    clock.advance(1000)
    const viewer = watch()
    clock.advance(2999)
    expect(runs).toHaveLength(7)
    clock.advance(1)
    expect(runs).toHaveLength(8)
    last().fail('connection refused')
    await settle()
    clock.advance(3000)
    expect(runs).toHaveLength(9)
    viewer.close()
  })

  it('is run at once when it is asked to, also where it had given up', async () => {
    const { runs, keep, watch, last, settle } = setUp()
    const kept = keep()
    expect(kept.phase).toBe('idle')
    watch()
    expect(kept.phase).toBe('running')
    last().failFor(Number.POSITIVE_INFINITY)
    await settle()
    expect(kept.phase).toBe('given-up')
    watch()
    expect(runs).toHaveLength(1)
    kept.retry()
    expect(runs).toHaveLength(2)
    last().fail('connection refused')
    await settle()
    expect(kept.phase).toBe('waiting')
  })
})

describe('a supervised source that fails again and again', () => {
  it('is logged once a minute, and with each other reason', async () => {
    const { clock, logged, keep, watch, last, settle } = setUp()
    keep()
    watch()
    const failFor = async (ms: number, reason: string) => {
      for (const end = clock.now() + ms; clock.now() < end; clock.advance(3000)) {
        last().fail(reason)
        await settle()
      }
    }
    await failFor(59_000, 'no route to host')
    await failFor(3000, 'connection refused')
    expect(logged).toEqual(['no route to host', 'connection refused'])
    await failFor(63_000, 'connection refused')
    expect(logged).toHaveLength(3)
  })
})

describe('a supervised source that yields', () => {
  it('stops while somebody else publishes its stream, and goes on once they have been silent for long', async () => {
    const { hub, clock, runs, keep, watch, last, state, settle } = setUp({}, 30_000)
    const kept = keep()
    watch()
    await last().publish(frameInput('site', 'cam'))
    expect(kept.phase).toBe('running')
    await hub.publish(anyone, frameInput('site', 'cam'), 'test')
    expect(last().signal.aborted).toBe(true)
    last().finish()
    await settle()
    expect(kept.phase).toBe('yielding')
    expect(state()).toBe('live: frames are coming in')
    clock.advance(20_000)
    await hub.publish(anyone, frameInput('site', 'cam'), 'test')
    clock.advance(29_999)
    expect(runs).toHaveLength(1)
    clock.advance(1)
    expect(runs).toHaveLength(2)
    expect(kept.phase).toBe('running')
  })

  it('is not started for a viewer of what others publish', async () => {
    const { hub, runs, keep, watch } = setUp({}, 30_000)
    keep()
    await hub.publish(anyone, frameInput('site', 'cam'), 'test')
    watch()
    expect(runs).toHaveLength(0)
  })
})

describe('a supervised source that always runs', () => {
  it('is told of viewers, and says how its stream is while nobody watches', async () => {
    const { clock, keep, watch, last, state } = setUp({ when: 'always', isMonitored: true })
    keep()
    const wanted: number[] = []
    last().onDemand(() => wanted.push(last().demand(NAME).viewers))
    last().heard(NAME, 0, 40)
    expect(state()).toBe('live: frames are coming in')
    const viewer = watch()
    viewer.close()
    expect(wanted).toEqual([1, 0])
    clock.advance(60_000)
    expect(state()).toMatch(/^offline/)
  })
})

describe('a supervisor', () => {
  it('runs at once what is always to run, and tells whether it could start', async () => {
    const { keep, last } = setUp({ when: 'always' })
    const kept = keep()
    last().ready()
    await kept.started
    const broken = setUp({ when: 'always' })
    const { started } = broken.keep()
    broken.last().fail('no camera')
    await expect(started).rejects.toThrow('no camera')
  })

  it('takes all declarations back where one is refused', () => {
    const { hub, keep } = setUp()
    keep([NAME])
    expect(() => keep([{ label: 'site', key: 'new' }, NAME])).toThrow(/declared already/)
    expect(hub.directory.list(anyone).map(({ key }) => key)).toEqual(['cam'])
  })

  it('closes when all its sources have let go', async () => {
    const { supervisor, keep, watch, last, settle } = setUp()
    keep()
    watch()
    let isClosed = false
    const closed = supervisor.close().then(() => {
      isClosed = true
    })
    expect(last().signal.aborted).toBe(true)
    await settle()
    expect(isClosed).toBe(false)
    last().finish()
    await closed
    expect(() => keep([{ label: 'site', key: 'another' }])).toThrow(/going down/)
  })
})

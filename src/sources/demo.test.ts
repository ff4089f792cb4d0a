import { describe, expect, it } from 'vitest'
import { type DrawOrder, SCENE_KEYS } from '../../demo/thread-messages.ts'
import { anyone, makeHub } from '../../test/support/hub.ts'
import { until } from '../../test/support/until.ts'
import { Refusal } from '../core/errors.ts'
import { IMAGES } from '../core/frame.ts'
import { Supervisor } from '../core/supervisor.ts'
import { NO_ANNOTATIONS } from '../wire/annotation-fields.ts'
import { Demo } from './demo.ts'
import type { DemoThreadListener } from './demo-thread.ts'

/** A thread that draws when the test says so. */
class TestThread {
  readonly orders: DrawOrder[] = []
  readonly listener: DemoThreadListener
  isStopped = false

  constructor(listener: DemoThreadListener) {
    this.listener = listener
  }

  draw(order: DrawOrder): void {
    this.orders.push(order)
  }

  async stop(): Promise<void> {
    this.isStopped = true
  }

  /** Delivers all requested frames. @returns their numbers */
  deliver(): number[] {
    const done = this.orders.splice(0)
    for (const { key } of done)
      this.listener.drawn({ kind: 'drawn', key, jpeg: new Uint8Array(4), annotations: NO_ANNOTATIONS, metadata: {} })
    return done.map(({ frame }) => frame)
  }
}

/** A demo with simulated threads and time. */
async function startDemo() {
  const { hub, clock } = makeHub()
  const threads: TestThread[] = []
  const attempts: number[] = []
  const told: string[] = []
  let isBroken = false
  const log = { error() {}, info() {}, warn: (_fields: object, message: string) => told.push(message) }
  const supervisor = new Supervisor({ hub, clock, log, random: () => 1 })
  const demo = new Demo({
    supervisor,
    clock,
    log,
    seed: 1,
    async startThread(_settings, listener) {
      attempts.push(clock.now())
      if (isBroken) throw new Error('no canvas')
      const thread = new TestThread(listener)
      threads.push(thread)
      return thread
    },
  })
  const settle = async (ms: number, step = 100) => {
    // Let promises settle between two timers.
    await new Promise(setImmediate)
    for (let passed = 0; passed < ms; passed += step) {
      clock.advance(step)
      await new Promise(setImmediate)
    }
  }
  const breakDown = () => {
    isBroken = true
  }
  return { demo, hub, clock, threads, attempts, told, settle, breakDown }
}

describe('the demo', () => {
  it('asks for each scene once a second while nobody watches, and ten times while somebody does', async () => {
    const { demo, hub, clock, threads } = await startDemo()
    await demo.start()
    const [thread] = threads
    expect(thread?.orders).toEqual(SCENE_KEYS.map((key) => ({ key, frame: 0 })))
    thread?.deliver()
    await until(() => hub.directory.list(anyone).every(({ newest }) => newest !== undefined))
    clock.advance(999)
    expect(thread?.orders).toEqual([])
    clock.advance(1)
    expect(thread?.deliver()).toEqual([10, 10, 10])
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} })
    viewer.watch(1, { label: 'demo', key: 'beam spot' })
    for (const frame of [11, 12, 13]) {
      clock.advance(100)
      expect(thread?.orders).toEqual([{ key: 'beam spot', frame }])
      thread?.deliver()
    }
    viewer.watch(1, { label: 'demo', key: 'beam spot', maxFps: 0 })
    clock.advance(600)
    expect(thread?.orders).toEqual([])
    await demo.stop()
  })

  it('has at most one frame of a scene under way, and leaves out those that come too late', async () => {
    const { demo, hub, clock, threads } = await startDemo()
    await demo.start()
    threads[0]?.deliver()
    await until(() => hub.directory.list(anyone).every(({ newest }) => newest !== undefined))
    hub.watch(anyone, { dialect: 'test', accepts: IMAGES, wake() {} }).watch(1, { label: 'demo' })
    clock.advance(700)
    expect(threads[0]?.deliver()).toEqual([1, 1, 1])
    clock.advance(100)
    expect(threads[0]?.deliver()).toEqual([8, 8, 8])
    await demo.stop()
  })

  it('starts a thread that died anew, waiting longer each time, and says so', async () => {
    const { demo, clock, threads, attempts, told, settle, breakDown } = await startDemo()
    await demo.start()
    breakDown()
    const begin = clock.now()
    threads[0]?.listener.died('out of memory')
    await settle(40_000)
    const waits = attempts.slice(1).map((at, i) => at - (i === 0 ? begin : (attempts[i] ?? 0)))
    expect(waits.slice(0, 7)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000])
    expect(told.length).toBeGreaterThan(0)
    expect(demo.isRunning).toBe(true)
    await demo.stop()
    await settle(20_000)
    expect(attempts.length).toBe(waits.length + 1)
  })

  it('draws on with the thread that took the place of one that died', async () => {
    const { demo, threads, settle } = await startDemo()
    await demo.start()
    threads[0]?.listener.died('a fault')
    await settle(500)
    expect(threads[1]?.orders.map(({ key }) => key)).toEqual([])
    await settle(500)
    expect(threads[1]?.deliver()).toEqual([10, 10, 10])
    await demo.stop()
    expect(threads[1]?.isStopped).toBe(true)
  })

  it('asks for nothing and publishes nothing once it is stopped', async () => {
    const { demo, hub, threads, settle } = await startDemo()
    await demo.start()
    await demo.stop()
    const asked = threads[0]?.orders.length
    await settle(3000)
    expect(threads[0]?.orders.length).toBe(asked)
    threads[0]?.deliver()
    await settle(100)
    expect(hub.directory.list(anyone)).toEqual([])
  })

  it('is not started by somebody who loses the right while they wait for their turn', async () => {
    const { demo } = await startDemo()
    let mayStart = true
    const check = () => {
      if (!mayStart) throw new Refusal('unauthenticated', 'No longer allowed: signed out.')
    }
    const [started, stopped] = [demo.start(check), demo.stop(check)]
    const again = demo.start(check)
    await started
    await stopped
    mayStart = false
    await expect(again).rejects.toThrow('No longer allowed')
    expect(demo.isRunning).toBe(false)
  })

  it('refuses to start where it cannot draw, and can be asked again', async () => {
    const { demo, breakDown } = await startDemo()
    breakDown()
    await expect(demo.start()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no canvas'),
    })
    expect(demo.isRunning).toBe(false)
    await expect(demo.start()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

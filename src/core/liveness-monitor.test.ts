import { expect, it } from 'vitest'
import { frameInput, RULES } from '../../test/support/hub.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Frame } from './frame.ts'
import { LivenessMonitor, settledOf } from './liveness-monitor.ts'
import { Stream } from './stream.ts'

function setUp() {
  const manual = new ManualClock()
  let stopped = 0
  const clock = {
    now: () => manual.now() + stopped,
    monotonic: () => manual.monotonic() + stopped,
    after: manual.after.bind(manual),
    advance: manual.advance.bind(manual),
    /** The process stands still for so long: no timer fires in time. */
    standStill(ms: number) {
      stopped += ms
    },
  }
  const stream = new Stream({ label: 'a', key: 'b' }, RULES, clock.now(), () => {})
  const streams = new Set([stream])
  const told: string[] = []
  const monitor = new LivenessMonitor({
    clock,
    streams: () => streams,
    changed: ({ state, warnings: { names } }) => told.push([state, ...names].join(' ')),
    expired(gone) {
      streams.delete(gone)
      told.push('expired')
    },
  })
  const take = (id: `${number}-0`, warnings: readonly string[] = []) => {
    const before = settledOf(stream)
    stream.take(
      new Frame({ ...frameInput('a', 'b'), warnings }, id, clock.now(), stream.sequence + 1),
      clock.monotonic(),
    )
    monitor.settle(stream, before)
  }
  return { clock, monitor, told, take }
}

it('silence is noticed within a quarter of a second, and each step of it told once', () => {
  const { clock, monitor, told, take } = setUp()
  monitor.start()
  take('1-0')
  clock.advance(RULES.staleAfter - 250)
  expect(told).toEqual([])
  clock.advance(500)
  expect(told).toEqual(['stale'])
  clock.advance(RULES.forgetAfter)
  expect(told).toEqual(['stale', 'offline', 'expired'])
})

it('a change of the warnings is told, and so is their end', () => {
  const { clock, monitor, told, take } = setUp()
  monitor.start()
  take('1-0', ['no_hardhat'])
  take('2-0', ['no_hardhat'])
  take('3-0')
  clock.advance(1500)
  expect(told).toEqual(['live no_hardhat', 'live'])
})

it('nothing is told once it is stopped', () => {
  const { clock, monitor, told, take } = setUp()
  monitor.start()
  take('1-0')
  monitor.stop()
  clock.advance(RULES.forgetAfter)
  expect(told).toEqual([])
})

it('what came while the process itself stood still is taken before silence counts', () => {
  const { clock, monitor, told, take } = setUp()
  monitor.start()
  take('1-0')
  clock.standStill(10 * RULES.offlineAfter)
  clock.advance(500)
  expect(told).toEqual([])
  take('2-0')
  clock.advance(RULES.staleAfter - 1)
  expect(told).toEqual([])
  clock.advance(500)
  expect(told).toEqual(['stale'])
})

it('a stream that ended meanwhile is silent a second later, however slow the machine is', () => {
  const { clock, monitor, told, take } = setUp()
  monitor.start()
  take('1-0')
  for (let i = 0; i < 20; i++) {
    clock.standStill(RULES.firstOfflineAfter)
    clock.advance(250)
  }
  expect(told).toEqual(['offline'])
})

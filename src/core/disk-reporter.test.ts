import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { watchDisk } from './disk-reporter.ts'
import type { EventInput } from './event.ts'

function make(freeBytes: () => Promise<number>) {
  const clock = new ManualClock()
  const events: Omit<EventInput, 'source'>[] = []
  const report = (event: Omit<EventInput, 'source'>) => events.push(event)
  const stop = watchDisk({ clock, report, path: '/data', freeBytes, least: 1000 })
  const minute = async () => {
    clock.advance(60_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { events, minute, stop }
}

it('reports a disk that is nearly full once, and again after clearly more was free', async () => {
  let free = 1000
  const { events, minute, stop } = make(async () => free)
  const counts: number[] = []
  for (free of [1000, 999, 500, 1050, 999, 1101, 999]) {
    await minute()
    counts.push(events.length)
  }
  expect(counts).toEqual([0, 1, 1, 1, 1, 1, 2])
  expect(events[0]).toEqual({
    type: 'disk_nearly_full',
    priority: 'HIGH',
    needs: 'administer',
    data: { free_bytes: 999, path: '/data' },
  })
  stop()
  free = 5000
  await minute()
  free = 1
  await minute()
  expect(events).toHaveLength(2)
})

it('asks nothing more of a disk that does not answer, and goes on after one that cannot tell', async () => {
  let asked = 0
  const { minute } = make(() => {
    asked++
    return asked === 1 ? Promise.reject(new Error('not supported')) : new Promise(() => {})
  })
  for (let i = 0; i < 4; i++) await minute()
  expect(asked).toBe(2)
})

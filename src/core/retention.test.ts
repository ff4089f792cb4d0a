import { describe, expect, it } from 'vitest'
import { ManualClock, START } from '../../test/support/manual-clock.ts'
import { Retention } from './retention.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('the time by which entries are deleted', () => {
  it('is that of the clock while it is right', () => {
    const clock = new ManualClock()
    const retention = new Retention(clock, START)
    clock.advance(DAY)
    expect(retention.now()).toBe(START + DAY)
  })

  it('goes on from the newest entry when the clock is ahead at the start', () => {
    const clock = new ManualClock()
    const retention = new Retention(clock, START - 100 * DAY)
    clock.advance(DAY)
    expect(retention.now()).toBe(START - 99 * DAY)
  })

  it('does not jump with the clock during the run', () => {
    const clock = new ManualClock()
    const retention = new Retention(clock, START)
    clock.setBy(100 * DAY)
    clock.advance(HOUR)
    expect(retention.now()).toBe(START + HOUR)
  })

  it('is that of the clock when entries are from the future, or the clock is behind', () => {
    const clock = new ManualClock()
    const retention = new Retention(clock, START + 100 * DAY)
    expect(retention.now()).toBe(START)
    clock.setBy(-DAY)
    expect(retention.now()).toBe(START - DAY)
  })

  it('is that of the clock when nothing is stored, and does not jump with it either', () => {
    const clock = new ManualClock()
    const retention = new Retention(clock, undefined)
    clock.setBy(100 * DAY)
    clock.advance(HOUR)
    expect(retention.now()).toBe(START + HOUR)
  })
})

it('nothing is deleted in the first hour, and then every hour until it ends', () => {
  const clock = new ManualClock()
  const times: number[] = []
  const stop = new Retention(clock, START).hourly((now) => times.push(now))
  clock.advance(HOUR - 1)
  expect(times).toEqual([])
  clock.advance(HOUR + 1)
  stop()
  clock.advance(HOUR)
  expect(times).toEqual([START + HOUR, START + 2 * HOUR])
})

import { describe, expect, it } from 'vitest'
import { SlidingWindow } from './sliding-window.ts'

describe('SlidingWindow', () => {
  it('counts what happened in the last span', () => {
    const window = new SlidingWindow(1000)
    for (let now = 0; now <= 5000; now += 250) window.add(now, 10)
    expect([window.count(5000), window.size(5000)]).toEqual([5, 50])
    expect([window.count(6250), window.size(6250)]).toEqual([0, 0])
  })

  it('tells the mean interval of what is in it', () => {
    const window = new SlidingWindow(1000)
    for (const now of [0, 5000, 5100, 5300, 5400]) window.add(now)
    expect(window.interval(5400)).toBeCloseTo(400 / 3)
  })

  it('tells no interval of one, of none, nor of what happened at one moment', () => {
    const window = new SlidingWindow(1000)
    expect(window.interval(0)).toBeUndefined()
    window.add(0)
    expect(window.interval(0)).toBeUndefined()
    window.add(0)
    expect(window.interval(0)).toBeUndefined()
  })
})

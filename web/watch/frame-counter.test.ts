import { describe, expect, it } from 'vitest'
import { FrameCounter } from './frame-counter.ts'

describe('FrameCounter', () => {
  it('tells the rate of the last three seconds', () => {
    const counter = new FrameCounter()
    for (let now = 0; now <= 10_000; now += 200) counter.took(now, 0)
    expect(counter.rate(10_000)).toBeCloseTo(5)
    for (let now = 10_100; now <= 14_000; now += 100) counter.took(now, 0)
    expect(counter.rate(14_000)).toBeCloseTo(10)
  })

  it('tells no rate from one picture, nor of a stream that stopped', () => {
    const counter = new FrameCounter()
    counter.took(0, 0)
    expect(counter.rate(0)).toBeUndefined()
    counter.took(100, 0)
    expect(counter.rate(4000)).toBeUndefined()
  })

  it('counts what was skipped since the first picture', () => {
    const counter = new FrameCounter()
    counter.took(0, 7)
    counter.took(100, 2)
    counter.took(200, 3)
    expect([counter.count, counter.skipped, counter.lastSkipped]).toEqual([3, 5, 3])
  })
})

import { describe, expect, it } from 'vitest'
import { Meter } from './frame-counter.ts'

describe('Meter', () => {
  it('tells the rate of the last three seconds', () => {
    const meter = new Meter()
    for (let now = 0; now <= 10_000; now += 200) meter.took(now, 0)
    expect(meter.rate(10_000)).toBeCloseTo(5)
    for (let now = 10_100; now <= 14_000; now += 100) meter.took(now, 0)
    expect(meter.rate(14_000)).toBeCloseTo(10)
  })

  it('tells no rate from one picture, nor of a stream that stopped', () => {
    const meter = new Meter()
    meter.took(0, 0)
    expect(meter.rate(0)).toBeUndefined()
    meter.took(100, 0)
    expect(meter.rate(4000)).toBeUndefined()
  })

  it('counts what was skipped since the first picture', () => {
    const meter = new Meter()
    meter.took(0, 7)
    meter.took(100, 2)
    meter.took(200, 3)
    expect([meter.count, meter.skipped, meter.lastSkipped]).toEqual([3, 5, 3])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecodeTimes } from '../decode-times.ts'
import { CaptureClock } from './capture-clock.ts'
import { Timeline } from './timeline.ts'

describe('the times of pictures', () => {
  it('go on when time stamps begin again', () => {
    const line = new Timeline(90_000)
    const times = [0xffffffff - 3599, 0, 3600].map((timestamp, at) => line.place(timestamp, at * 40).us)
    expect(times).toEqual([0, 40_000, 80_000])
  })

  it('are whole µs without an error that adds up', () => {
    const line = new Timeline(90_000)
    let last = 0
    for (let each = 0; each < 3_000_000; each += 3003) last = line.place(each >>> 0, each / 90).us
    expect(last).toBe(Math.round((2_999_997 * 1e6) / 90_000))
  })

  it('go back where pictures come in the order of decoding', () => {
    const line = new Timeline(90_000)
    expect([0, 7200, 3600, 14_400].map((timestamp, at) => line.place(timestamp, at * 40).us)).toEqual([
      0, 80_000, 40_000, 160_000,
    ])
  })

  it('go on by when pictures come, where time stamps jump or stand still', () => {
    const line = new Timeline(90_000)
    expect(line.place(1000, 0)).toEqual({ us: 0, jumped: false })
    expect(line.place(2_000_000_000, 40)).toEqual({ us: 40_000, jumped: true })
    expect(line.place(2_000_003_600, 80)).toEqual({ us: 80_000, jumped: false })
    expect(line.place(500, 120)).toEqual({ us: 120_000, jumped: true })
    expect(line.place(500, 160)).toEqual({ us: 160_000, jumped: false })
    expect(line.place(500, 160).us).toBeGreaterThan(160_000)
  })

  it('do not jump when the network stood still for a while', () => {
    const line = new Timeline(90_000)
    line.place(0, 0)
    expect(line.place(3600, 30_000)).toEqual({ us: 40_000, jumped: false })
  })
})

describe('the times of decoding', () => {
  const decoded = (depth: number | undefined, shown: readonly number[]) => {
    const times = new DecodeTimes()
    times.reorder(depth)
    return shown.map((pts) => times.next(pts))
  }

  it('are those of showing where nothing is reordered', () => {
    expect(decoded(0, [0, 40, 80])).toEqual([0, 40, 80])
    expect(decoded(undefined, [0, 40, 80])).toEqual([0, 40, 80])
  })

  it('are never after those of showing where it is known how many are reordered', () => {
    expect(decoded(1, [0, 80_000, 40_000, 160_000, 120_000])).toEqual([-1000, 0, 40_000, 80_000, 120_000])
  })

  it('rise, whatever comes', () => {
    fc.assert(
      fc.property(fc.option(fc.nat(20), { nil: undefined }), fc.array(fc.integer()), (depth, shown) => {
        const times = decoded(depth, shown)
        for (const [at, time] of times.entries()) if (at > 0) expect(time).toBeGreaterThan(times[at - 1] ?? 0)
      }),
    )
  })
})

describe('the clock of the camera', () => {
  const NOW = 1_800_000_000_000
  const ntp = (ms: number) => {
    const seconds = ms / 1000 + 2_208_988_800
    const whole = Math.floor(seconds)
    return { source: 1, ntpSeconds: whole % 2 ** 32, ntpFraction: Math.round((seconds - whole) * 2 ** 32) }
  }
  const captured = (report: { ntpSeconds: number; ntpFraction: number }, timestamp: number) => {
    const clock = new CaptureClock(90_000)
    clock.report({ source: 1, ...report, timestamp: 0xfffff000 }, NOW)
    return clock.capturedAt((0xfffff000 + timestamp) >>> 0)
  }

  it('is not known before a report', () => {
    expect(new CaptureClock(90_000).capturedAt(0)).toBeUndefined()
  })

  it('is that of the last report, before and after it, also over the end of the time stamps', () => {
    expect(captured(ntp(NOW - 250), 0)).toBeCloseTo(NOW - 250, 3)
    expect(captured(ntp(NOW - 250), 9000)).toBeCloseTo(NOW - 150, 3)
    expect(captured(ntp(NOW - 250), -9000)).toBeCloseTo(NOW - 350, 3)
  })

  it('may be off by hours', () => {
    expect(captured(ntp(NOW - 8 * 3_600_000), 0)).toBeCloseTo(NOW - 8 * 3_600_000, 3)
  })

  it.each([
    ['0', { ntpSeconds: 0, ntpFraction: 0 }],
    ['seconds since it was switched on', { ntpSeconds: 4711, ntpFraction: 12 }],
    ['a time of 1970', ntp(86_400_000)],
    ['a time of 2000', ntp(946_684_800_000)],
  ])('is not known where it is not set: %s', (_name, report) => {
    expect(captured(report, 0)).toBeUndefined()
  })

  it('follows a report that jumps, and is not known any more after one that says nothing', () => {
    const clock = new CaptureClock(90_000)
    clock.report({ ...ntp(NOW - 3_600_000), timestamp: 0 }, NOW)
    clock.report({ ...ntp(NOW - 100), timestamp: 450_000 }, NOW)
    expect(clock.capturedAt(450_000)).toBeCloseTo(NOW - 100, 3)
    clock.report({ source: 1, ntpSeconds: 0, ntpFraction: 0, timestamp: 900_000 }, NOW)
    expect(clock.capturedAt(900_000)).toBeUndefined()
  })

  it('is not known long after a report, and after the time stamps have jumped', () => {
    expect(captured(ntp(NOW), 90_000 * 1000)).toBeUndefined()
    const clock = new CaptureClock(90_000)
    clock.report({ ...ntp(NOW), timestamp: 0 }, NOW)
    clock.forget()
    expect(clock.capturedAt(0)).toBeUndefined()
  })
})

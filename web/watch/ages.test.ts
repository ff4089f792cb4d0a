import { describe, expect, it } from 'vitest'
import { captureDelay, clockTime, preciseAge } from './ages.ts'

describe('preciseAge', () => {
  it('tells hundredths at first, then what matters', () => {
    expect([-5, 40, 9990, 12_340, 125_000, 4_000_000, 100_000_000].map(preciseAge)).toEqual([
      '0.00 s',
      '0.04 s',
      '9.99 s',
      '12.3 s',
      '2 min 05 s',
      '1 h 06 min',
      '1 d 3 h',
    ])
  })
})

describe('captureDelay', () => {
  it('is the way from the camera to the server', () => {
    expect(captureDelay(1000, 1042)).toBe(42)
    expect(captureDelay(1010, 1000)).toBe(0)
  })

  it('is not told where the camera’s clock cannot be right', () => {
    expect(captureDelay(undefined, 1000)).toBeUndefined()
    expect(captureDelay(0, 100_000)).toBeUndefined()
    expect(captureDelay(5000, 1000)).toBeUndefined()
  })
})

describe('clockTime', () => {
  it('tells milliseconds', () => {
    expect(clockTime(new Date(2026, 10, 21, 4, 3, 22, 45).getTime())).toBe('04:03:22.045')
  })
})

import { describe, expect, it } from 'vitest'
import { Backoff } from './backoff.ts'

describe('Backoff', () => {
  it('doubles from the first delay up to the longest', () => {
    const backoff = new Backoff(500, 3000, () => 1)
    expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([500, 1000, 2000, 3000, 3000])
  })

  it('leaves out up to half of a delay, at random', () => {
    const backoff = new Backoff(500, 10_000, () => 0)
    expect([backoff.next(), backoff.next()]).toEqual([250, 500])
  })

  it('begins with the first delay again after a success', () => {
    const backoff = new Backoff(500, 10_000, () => 1)
    backoff.next()
    backoff.next()
    backoff.reset()
    expect(backoff.next()).toBe(500)
  })

  it('stays at the longest delay however often it fails', () => {
    const backoff = new Backoff(500, 10_000, () => 1)
    for (let i = 0; i < 5000; i++) backoff.next()
    expect(backoff.next()).toBe(10_000)
  })

  it.each([
    [0, 10],
    [-1, 10],
    [20, 10],
    [Number.NaN, 10],
    [1, Number.POSITIVE_INFINITY],
  ])('refuses %d and %d ms', (minDelay, maxDelay) => {
    expect(() => new Backoff(minDelay, maxDelay)).toThrow(RangeError)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

describe('a token bucket', () => {
  it('gives a burst, then as many a second as it is refilled with', () => {
    const bucket = new TokenBucket({ perSecond: 10, capacity: 5 }, 0)
    for (let i = 0; i < 5; i++) {
      expect(bucket.wait(0)).toBe(0)
      bucket.take(1, 0)
    }
    expect(bucket.wait(0)).toBe(100)
    expect(bucket.wait(99)).toBe(1)
    expect(bucket.wait(100)).toBe(0)
  })

  it('lets more be taken than it holds, and waits until that is paid', () => {
    const bucket = new TokenBucket({ perSecond: 10, capacity: 5 }, 0)
    bucket.take(25, 0)
    expect(bucket.wait(0)).toBe(2100)
    expect(bucket.wait(2100)).toBe(0)
  })

  it('takes back what was not used, up to what it holds', () => {
    const bucket = new TokenBucket({ perSecond: 10, capacity: 5 }, 0)
    bucket.take(-100, 0)
    bucket.take(5, 0)
    expect(bucket.wait(0)).toBe(100)
    bucket.take(-1, 0)
    expect(bucket.wait(0)).toBe(0)
  })

  it('never gives more than its capacity and its rate allow, however it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 200 }), (pauses) => {
        const bucket = new TokenBucket({ perSecond: 100, capacity: 7 }, 0)
        let now = 0
        let taken = 0
        for (const pause of pauses) {
          now += pause
          if (bucket.wait(now) > 0) continue
          bucket.take(1, now)
          taken++
        }
        expect(taken).toBeLessThanOrEqual(7 + now / 10)
      }),
    )
  })
})

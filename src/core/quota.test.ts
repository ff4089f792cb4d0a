import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Quota } from './quota.ts'

describe('a quota', () => {
  it('gives nobody more than a share, and says which bound is reached', () => {
    const quota = new Quota({ max: 10, share: 4, reserved: 2 })
    expect(quota.take('a', 4)).toBeUndefined()
    expect(quota.take('a', 1)).toBe('share')
    expect(quota.take('b', 4)).toBeUndefined()
    expect(quota.take('c', 1)).toBe('open')
    expect(quota.take('admin', 2, true)).toBeUndefined()
    expect(quota.take('admin', 1, true)).toBe('max')
    quota.give('a', 4)
    expect(quota.take('c', 1)).toBeUndefined()
    expect([quota.used, quota.usedBy('a'), quota.usedBy('b')]).toEqual([7, 0, 4])
  })

  it('counts what has no client of its own in the total only', () => {
    const quota = new Quota({ max: 10, share: 4 })
    expect(quota.take(undefined, 10)).toBeUndefined()
    expect(quota.take('a', 1)).toBe('max')
  })

  it('never exceeds its bounds, and is empty once everything was given back', () => {
    const step = fc.record({
      client: fc.constantFrom('a', 'b', undefined),
      amount: fc.nat(6),
      isPrivileged: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const quota = new Quota({ max: 20, share: 9, reserved: 3 })
        const taken = steps.filter(({ client, amount, isPrivileged }) => {
          const before = quota.used
          const isTaken = quota.take(client, amount, isPrivileged) === undefined
          expect(quota.used).toBe(before + (isTaken ? amount : 0))
          return isTaken
        })
        expect(quota.used).toBeLessThanOrEqual(20)
        for (const client of ['a', 'b']) expect(quota.usedBy(client)).toBeLessThanOrEqual(9)
        for (const { client, amount } of taken) quota.give(client, amount)
        expect([quota.used, quota.usedBy('a'), quota.usedBy('b')]).toEqual([0, 0, 0])
      }),
    )
  })
})

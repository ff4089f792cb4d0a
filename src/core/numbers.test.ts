import { expect, it } from 'vitest'
import { clamp, rounded } from './numbers.ts'

it('keeps a number within its bounds', () => {
  expect([-1, 0, 0.5, 1, 7, Number.POSITIVE_INFINITY].map((value) => clamp(value, 0, 1))).toEqual([0, 0, 0.5, 1, 1, 1])
})

it('rounds to decimals', () => {
  expect([rounded(1.2345, 2), rounded(-1.2345, 3), rounded(12.5, 0), rounded(0.1 + 0.2, 5)]).toEqual([
    1.23, -1.234, 13, 0.3,
  ])
})

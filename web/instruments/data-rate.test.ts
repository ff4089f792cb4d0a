import { expect, it } from 'vitest'
import { dataRate } from './data-rate.ts'

it('a data rate has at most three or four digits', () => {
  expect([0, 1234, 99_940, 999_940, 2_470_000, 246_100_000].map(dataRate)).toEqual([
    '0 kB/s',
    '1.2 kB/s',
    '99.9 kB/s',
    '1000 kB/s',
    '2.5 MB/s',
    '246 MB/s',
  ])
})

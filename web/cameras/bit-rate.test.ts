import { expect, it } from 'vitest'
import { bitRate } from './bit-rate.ts'

it('a bit rate has a digit behind the point while it is small', () => {
  expect([0, 12_345, 124_900, 125_000, 312_500, 1_250_000, 25_000_000].map(bitRate)).toEqual([
    '0 kb/s',
    '99 kb/s',
    '999 kb/s',
    '1.0 Mb/s',
    '2.5 Mb/s',
    '10 Mb/s',
    '200 Mb/s',
  ])
})

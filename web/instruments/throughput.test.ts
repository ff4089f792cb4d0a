import { describe, expect, it } from 'vitest'
import { dataRate, throughput } from './throughput.ts'

describe('throughput', () => {
  it('is the bytes per second between two readings', () => {
    expect(throughput({ bytes: 1000, at: 5000 }, { bytes: 501_000, at: 7000 })).toBe(250_000)
  })

  it('is not known from one reading, nor when the count began anew', () => {
    expect(throughput(undefined, { bytes: 1, at: 1 })).toBeUndefined()
    expect(throughput({ bytes: 1000, at: 1 }, { bytes: 10, at: 2 })).toBeUndefined()
    expect(throughput({ bytes: 1, at: 2 }, { bytes: 10, at: 2 })).toBeUndefined()
  })
})

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

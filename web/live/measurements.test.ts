import { expect, it } from 'vitest'
import { measurementsOf } from './measurements.ts'

it('measurements are the first single values of the metadata', () => {
  const metadata = {
    energy: 5.063562240083686,
    count: '1152921504606847294',
    shutter: true,
    profile: [1, 2, 3],
    about: 'a text that is far too long to be read on a tile',
    lost: null,
    rate: 100,
  }
  expect(measurementsOf(metadata)).toEqual([
    { name: 'energy', text: '5.06356' },
    { name: 'count', text: '1152921504606847294' },
    { name: 'shutter', text: 'true' },
    { name: 'rate', text: '100' },
  ])
  expect(measurementsOf(undefined)).toEqual([])
  expect(measurementsOf(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`channel${i}`, i]))).length).toBe(8)
})

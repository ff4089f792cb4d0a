import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jpeg } from '../../test/support/pictures.ts'
import { countScans } from './jpeg-scans.ts'

const progressive = readFileSync(new URL('../../test/fixtures/pictures/progressive.jpg', import.meta.url))

test('a sequential JPEG has one scan, a progressive one about ten', () => {
  expect(countScans(jpeg(64, 48), 100)).toBe(1)
  expect(countScans(progressive, 100)).toBe(10)
})

test('counting ends at the number that is too many anyway', () => {
  expect(countScans(progressive, 4)).toBe(4)
})

test('whatever the bytes, there is a number', () => {
  fc.assert(
    fc.property(fc.nat(progressive.length - 1), fc.nat(255), fc.nat(progressive.length), (at, byte, length) => {
      const damaged = Uint8Array.from(progressive)
      damaged[at] = byte
      expect(countScans(damaged.subarray(0, length), 20)).toBeLessThanOrEqual(20)
    }),
  )
})

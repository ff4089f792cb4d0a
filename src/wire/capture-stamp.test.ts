import { expect, it } from 'vitest'
import { captureStamp } from './capture-stamp.ts'

it.each([
  ['x-timestamp', '1764410000.250000', 1764410000250],
  ['x-timestamp', '1764410000', 1764410000000],
  ['x-sendtimestamp', '1764410000250', 1764410000250],
  ['x-timestamp', '1764410000250000', 1764410000250],
  ['x-timestamp', '35.123456', undefined],
  ['x-timestamp', '999999999', undefined],
  ['x-timestamp', 'Sun, 29 Nov 2026', undefined],
  ['x-timestamp', '-1764410000', undefined],
  ['date', '1764410000', undefined],
])('%s: %s is %s', (name, value, time) => expect(captureStamp(new Map([[name, value]]))).toBe(time))

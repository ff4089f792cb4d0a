import { expect, it } from 'vitest'
import { readDamaged } from '../../../test/support/read-damaged.ts'
import { BSREAD_LIMITS } from './limits.ts'

it('messages that are damaged are read or refused, with an error of ours and within the memory of their shapes', () => {
  const { value, error } = readDamaged(20_261_128, 20_000, { ...BSREAD_LIMITS, valueBytes: 1024 * 1024 })
  // As many of each as make it a test of both.
  expect(value).toBeGreaterThan(20_000)
  expect(error).toBeGreaterThan(5000)
})

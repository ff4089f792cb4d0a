import { expect, it } from 'vitest'
import { ReusedMemory } from './reused-memory.ts'

it('memory is used again, for what is as large and for what is smaller', () => {
  const memory = new ReusedMemory()
  const first = memory.of(1_000_000)
  expect(first).toHaveLength(1_000_000)
  const second = memory.of(600_000)
  expect([second.length, second.buffer === first.buffer]).toEqual([600_000, true])
  expect(memory.of(2_000_000).buffer).not.toBe(first.buffer)
})

it('what the machine has no memory for does no harm to what comes after it', () => {
  const memory = new ReusedMemory()
  expect(() => memory.of(2 ** 53 - 2 ** 17)).toThrow(RangeError)
  expect(memory.of(10)).toHaveLength(10)
  expect(memory.of(10).buffer.byteLength).toBe(65_536)
})

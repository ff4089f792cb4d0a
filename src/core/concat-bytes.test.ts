import { expect, it } from 'vitest'
import { concatBytes } from './concat-bytes.ts'

it('bytes are copied one behind the other', () => {
  const parts = [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3, 4, 5).subarray(1)]
  const bytes = concatBytes(parts)
  expect(bytes).toEqual(Uint8Array.of(1, 2, 4, 5))
  parts[0]?.fill(0)
  expect(bytes[0]).toBe(1)
  expect(concatBytes([])).toEqual(new Uint8Array())
})

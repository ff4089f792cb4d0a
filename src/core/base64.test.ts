import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toBase64, toBase64ByParts } from './base64.ts'

test.each([toBase64, toBase64ByParts])('%o writes what any reader of standard base64 reads back', (write) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000, size: 'max' }), (bytes) => {
      expect(write(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    }),
    { numRuns: 50 },
  )
})

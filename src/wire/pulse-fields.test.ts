import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pulseFieldsOf } from './pulse-fields.ts'

it('a pulse is written as texts, to the last of 64 bits and to the nanosecond', () => {
  const timestamp = { sec: 1_699_999_999, ns: 5 }
  expect(
    pulseFieldsOf({ id: 2n ** 64n - 1n, globalTimestamp: timestamp, timestamp: { sec: 0, ns: 999_999_999 } }),
  ).toEqual({
    id: '18446744073709551615',
    timestamp: '1699999999.000000005',
    channel_timestamp: '0.999999999',
  })
  expect(pulseFieldsOf({ id: 0n })).toEqual({ id: '0' })
})

it('whatever the pulse, its id and times can be read back from the texts', () => {
  const ids = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const [secs, nss] = [fc.nat({ max: 253_402_300_799 }), fc.nat({ max: 999_999_999 })]
  fc.assert(
    fc.property(ids, secs, nss, (id, sec, ns) => {
      const { timestamp = '', ...fields } = pulseFieldsOf({ id, globalTimestamp: { sec, ns } })
      const [seconds = '', nanoseconds = ''] = timestamp.split('.')
      expect([BigInt(fields.id), Number(seconds), Number(nanoseconds)]).toEqual([id, sec, ns])
      expect(nanoseconds).toHaveLength(9)
    }),
  )
})

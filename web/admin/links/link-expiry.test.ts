import { expect, it } from 'vitest'
import { linkExpiryOf } from './link-expiry.ts'

const NOW = new Date(2026, 10, 21, 15, 30).getTime()
const HOUR = 3_600_000

it.each([
  ['hour', NOW + HOUR],
  ['today', new Date(2026, 10, 22).getTime() - 1],
  ['day', NOW + 24 * HOUR],
  ['week', NOW + 168 * HOUR],
] as const)('is counted from now: %s', (expiry, at) => {
  expect(linkExpiryOf(expiry, '', NOW)).toEqual({ at })
})

it('is the moment that was chosen, in the zone of who chose it', () => {
  expect(linkExpiryOf('moment', '2026-11-21T16:05', NOW)).toEqual({ at: new Date(2026, 10, 21, 16, 5).getTime() })
})

it('needs a moment that is to come', () => {
  expect(linkExpiryOf('moment', '', NOW)).toEqual({ problem: 'momentMissing' })
  expect(linkExpiryOf('moment', '2026-11-21T15:30', NOW)).toEqual({ problem: 'momentOver' })
})

import { expect, it } from 'vitest'
import { keyExpiryOf } from './key-expiry.ts'

const NOW = new Date(2026, 10, 21, 15, 30).getTime()

it('is never, or so many days from now', () => {
  expect(keyExpiryOf('never', '', NOW)).toEqual({ at: undefined })
  expect(keyExpiryOf('month', '', NOW)).toEqual({ at: NOW + 30 * 86_400_000 })
  expect(keyExpiryOf('year', '', NOW)).toEqual({ at: NOW + 365 * 86_400_000 })
})

it('is the end of the day that was chosen, also of today', () => {
  expect(keyExpiryOf('date', '2026-11-21', NOW)).toEqual({ at: new Date(2026, 10, 22).getTime() - 1 })
})

it('needs a day that is not over', () => {
  expect(keyExpiryOf('date', '', NOW)).toEqual({ problem: 'dateMissing' })
  expect(keyExpiryOf('date', '2026-11-20', NOW)).toEqual({ problem: 'dateOver' })
})

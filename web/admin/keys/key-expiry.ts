import { endOfDay, momentOf } from '../../time/date-input.ts'

/** How long a key is good. */
export const KEY_EXPIRIES = ['never', 'month', 'year', 'date'] as const

/** One of the choices. */
export type KeyExpiry = (typeof KEY_EXPIRIES)[number]

const DAY = 86_400_000

/**
 * When a key ends, ms since 1970: so many days from now, or with the end of the day that was chosen.
 * @param date of `<input type="date">`, "2026-11-21"
 * @returns undefined: never; a problem (a key of the namespace `admin`) where the day is missing or over
 */
export function keyExpiryOf(
  expiry: KeyExpiry,
  date: string,
  now: number,
): { at: number | undefined } | { problem: 'dateMissing' | 'dateOver' } {
  if (expiry === 'never') return { at: undefined }
  if (expiry !== 'date') return { at: now + (expiry === 'month' ? 30 : 365) * DAY }
  const day = momentOf(date)
  if (day === undefined) return { problem: 'dateMissing' }
  const at = endOfDay(day)
  return at > now ? { at } : { problem: 'dateOver' }
}

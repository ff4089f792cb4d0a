import { endOfDay, momentOf } from '../../time/date-input.ts'

/** The choices for the expiry of a key. */
export const KEY_EXPIRIES = ['never', 'month', 'year', 'date'] as const

/** One of the choices. */
export type KeyExpiry = (typeof KEY_EXPIRIES)[number]

const DAY = 86_400_000

/**
 * The expiry time of a key, ms since 1970: a number of days from now, or the end of the chosen day.
 * @param date the value of `<input type="date">`, "2026-11-21"
 * @returns undefined: never; a problem (an i18n key of the namespace `admin`) if the day is missing or past
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

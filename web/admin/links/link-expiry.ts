import { endOfDay, momentOf } from '../../time/date-input.ts'

/** The choices for the expiry of a link. */
export const LINK_EXPIRIES = ['hour', 'today', 'day', 'week', 'moment'] as const

/** One of the choices. */
export type LinkExpiry = (typeof LINK_EXPIRIES)[number]

const HOUR = 3_600_000

/**
 * The expiry time of a link, ms since 1970.
 * @param moment the value of `<input type="datetime-local">`, in the reader's time zone: "2026-11-21T16:05"
 * @returns a problem (an i18n key of the namespace `admin`) if the moment is missing or past
 */
export function linkExpiryOf(
  expiry: LinkExpiry,
  moment: string,
  now: number,
): { at: number } | { problem: 'momentMissing' | 'momentOver' } {
  switch (expiry) {
    case 'hour':
      return { at: now + HOUR }
    case 'today':
      return { at: endOfDay(now) }
    case 'day':
      return { at: now + 24 * HOUR }
    case 'week':
      return { at: now + 7 * 24 * HOUR }
    case 'moment': {
      const at = momentOf(moment)
      if (at === undefined) return { problem: 'momentMissing' }
      return at > now ? { at } : { problem: 'momentOver' }
    }
  }
}

import { endOfDay, momentOf } from '../../time/date-input.ts'

/** Until when a link is good. */
export const LINK_EXPIRIES = ['hour', 'today', 'day', 'week', 'moment'] as const

/** One of the choices. */
export type LinkExpiry = (typeof LINK_EXPIRIES)[number]

const HOUR = 3_600_000

/**
 * When a link ends, ms since 1970.
 * @param moment of `<input type="datetime-local">`, in the reader's zone: "2026-11-21T16:05"
 * @returns a problem (a key of the namespace `admin`) where the moment is missing or over
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

import { Refusal } from './errors.ts'
import type { QuotaBound, QuotaRules } from './quota.ts'

/**
 * For whom memory is held: unfinished requests and messages, responses that were not read yet, what is watched and
 * followed on `/ws/live`.
 */
export interface Holder {
  /** The key of its share of the memory. */
  readonly client: string
  /** Whether room is reserved for it (`hasPriority`). */
  readonly isPrivileged: boolean
}

/**
 * The settings with the bounds of the memory that is held for clients.
 * @param bound the bound that is reached
 */
export function heldBytesSetting(bound: QuotaBound): string {
  return bound === 'share' ? 'limits.held_bytes_per_client' : 'limits.held_bytes'
}

/**
 * The refusal of whatever would need more memory than may be held: `limited` for the client's share, `exhausted` for
 * what all have together.
 */
export function heldBytesRefusal(bound: QuotaBound, { max, share }: QuotaRules): Refusal {
  const limit = heldBytesSetting(bound)
  const options = { retryAfter: RETRY_S, limit }
  return bound === 'share'
    ? new Refusal(
        'limited',
        `Unfinished requests and unread answers of one client: at most ${share} bytes (${limit}).`,
        options,
      )
    : new Refusal(
        'exhausted',
        `Unfinished requests and unread answers of all: at most ${max} bytes (${limit}).`,
        options,
      )
}

const RETRY_S = 1

import type { AccountStore } from '../core/account-store.ts'
import { DAY_MS } from '../core/clock.ts'

/**
 * Purges the store of what has expired: sessions, refresh and revoked tokens, share links, and secrets with which no
 * living token can be signed.
 * @param now ms since 1970
 * @param sessionLife how long a session lives without being used, ms
 */
export async function purgeExpired(
  store: Pick<AccountStore, 'purge'>,
  now: number,
  sessionLife: number,
): Promise<void> {
  await store.purge({
    tokens: now - DAY_MS,
    links: now - LINKS_SHOWN_MS,
    signingKeys: now - sessionLife - DAY_MS,
  })
}

/** How long a link that has ended is still listed. */
const LINKS_SHOWN_MS = 7 * DAY_MS

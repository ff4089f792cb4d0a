import type { AccountStore } from '../core/account-store.ts'
import { DAY_MS } from '../core/clock.ts'

/**
 * Deletes what has expired from the store: sessions, refresh and revoked tokens, share links, and signing keys with
 * which no valid token can have been signed.
 * @param now ms since 1970, by a clock that is not ahead (`Retention`)
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

/** How long an expired link is still listed, ms. */
const LINKS_SHOWN_MS = 7 * DAY_MS

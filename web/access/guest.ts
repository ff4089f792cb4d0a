import { PATHS } from '../paths.ts'
import { goTo } from '../server-address.ts'
import { fetchJson } from './fetch-json.ts'
import { forgetShare, shareToken } from './share-token.ts'

/**
 * Makes the browser a guest of this tab's share link until the link ends, so that another tab, a bookmark and a reload show
 * what is shared too. If it keeps no cookie, this tab is a guest all the same.
 */
export function keepGuest(): void {
  const body = { token: shareToken() }
  fetchJson('/session/link', { method: 'POST', body, authorization: 'none', keepalive: true }).catch(() => {})
}

/** Leaves what is shared, in this tab and, where nobody is signed in, in the browser. */
export async function leaveShare(): Promise<void> {
  forgetShare()
  await fetchJson('/session/link', { method: 'DELETE' }).catch(() => {})
  goTo(PATHS.wall)
}

import { PATHS } from '../paths.ts'
import { valueInFragment } from './url-fragment.ts'

const STORED = 'belvedere.share'
let token: string | undefined

/** The token of the share link that this tab was opened with, which then counts for more than who is signed in. */
export function shareToken(): string | undefined {
  return token
}

/**
 * Takes the token out of the address (`/app/shared#token=…`), so that it stands in no history and on no screenshot, and
 * keeps it for this tab alone. To be called once, before anything is asked of the server.
 */
export function takeShareFromAddress(): void {
  // Who goes to sign in does not want to see as a guest.
  if (location.pathname === PATHS.signIn) forgetShare()
  token = stored() ?? undefined
  take()
  window.addEventListener('hashchange', () => {
    if (take()) location.reload()
  })
}

/** From the next load on this tab is as any other. */
export function forgetShare(): void {
  token = undefined
  try {
    sessionStorage.removeItem(STORED)
  } catch {
    // Then it was not kept either.
  }
}

/** @returns whether there was another token than before */
function take(): boolean {
  if (location.pathname !== PATHS.shareLink) return false
  const { value, rest } = valueInFragment(location.hash, 'token')
  if (value === undefined) return false
  history.replaceState(history.state, '', location.pathname + location.search + rest)
  const isOther = value !== token
  token = value
  try {
    sessionStorage.setItem(STORED, value)
  } catch {
    // It is known until the page is loaded again.
  }
  return isOther
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(STORED)
  } catch {
    return null
  }
}

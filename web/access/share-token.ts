import { storedAs } from '../browser-storage.ts'
import { PATHS } from '../paths.ts'
import { pagePath, replaceFragment } from '../server-address.ts'
import { valueInFragment } from './url-fragment.ts'

const STORED = storedAs('belvedere.share')
let token: string | undefined

/** The token of the share link that this tab was opened with; it takes precedence over a signed-in user. */
export function shareToken(): string | undefined {
  return token
}

/**
 * Moves the token from the URL (`/app/shared#token=…`) into this tab's session storage, so that it does not end up in
 * the history or on screenshots. Call it once, before any request to the server.
 */
export function takeShareFromAddress(): void {
  // Signing in replaces guest access.
  if (pagePath() === PATHS.signIn) forgetShare()
  token = stored() ?? undefined
  take()
  window.addEventListener('hashchange', () => {
    if (take()) location.reload()
  })
}

/** Removes the token; takes effect when the tab is reloaded. */
export function forgetShare(): void {
  token = undefined
  try {
    sessionStorage.removeItem(STORED)
  } catch {
    // Without storage it was not kept either.
  }
}

/** @returns whether the URL had another token than before */
function take(): boolean {
  if (pagePath() !== PATHS.shareLink) return false
  const { value, rest } = valueInFragment(location.hash, 'token')
  if (value === undefined) return false
  replaceFragment(rest)
  const isOther = value !== token
  token = value
  try {
    sessionStorage.setItem(STORED, value)
  } catch {
    // Kept in memory until the page is reloaded.
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

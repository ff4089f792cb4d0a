/**
 * Where to go after signing in: a path of this page alone, never another site's address that somebody put into a link.
 * @param next of the address's query
 */
export function safeReturnPath(next: string | null): string {
  if (next === null || !next.startsWith('/') || /^\/[/\\]/.test(next)) return HOME
  // Browsers leave tabs and line ends out of an address before they look at it.
  for (const character of next) if (character < ' ') return HOME
  return isSignIn(next) ? HOME : next
}

/** The address of the form to sign in, which leads back afterwards. @param from a path with its query */
export function signInPath(from: string): string {
  return from === HOME || isSignIn(from) ? SIGN_IN : `${SIGN_IN}?next=${encodeURIComponent(from)}`
}

const HOME = '/'

/** Where the form to sign in is. */
export const SIGN_IN = '/app/sign-in'

function isSignIn(path: string): boolean {
  return path === SIGN_IN || path.startsWith(`${SIGN_IN}?`)
}

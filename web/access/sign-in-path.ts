import { PATHS } from '../paths.ts'

/**
 * Where to go after signing in: a path of this page alone, never another site's address that somebody put into a link
 * (an open redirect).
 * @param next of the address's query
 */
export function safeReturnPath(next: string | null): string {
  if (next === null || !next.startsWith('/') || /^\/[/\\]/.test(next)) return PATHS.wall
  // Browsers leave tabs and line ends out of an address before they look at it.
  for (const character of next) if (character < ' ') return PATHS.wall
  return isSignIn(next) ? PATHS.wall : next
}

/** The address of the form to sign in, which leads back afterwards. @param from a path with its query */
export function signInPath(from: string): string {
  return from === PATHS.wall || isSignIn(from) ? PATHS.signIn : `${PATHS.signIn}?next=${encodeURIComponent(from)}`
}

function isSignIn(path: string): boolean {
  return path === PATHS.signIn || path.startsWith(`${PATHS.signIn}?`)
}

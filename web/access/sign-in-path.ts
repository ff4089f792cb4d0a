import { PATHS } from '../paths.ts'

/**
 * The path to return to after signing in. Only a path of this site, never a URL of another one from a crafted link: it
 * prevents open redirects.
 * @param next the query parameter `next`
 */
export function safeReturnPath(next: string | null): string {
  if (next === null || !next.startsWith('/') || /^\/[/\\]/.test(next)) return PATHS.wall
  // Browsers strip tabs and line breaks from URLs before parsing them.
  for (const character of next) if (character < ' ') return PATHS.wall
  return isSignIn(next) ? PATHS.wall : next
}

/** The path of the sign-in page, which returns to `from` afterwards. @param from a path with its query */
export function signInPath(from: string): string {
  return from === PATHS.wall || isSignIn(from) ? PATHS.signIn : `${PATHS.signIn}?next=${encodeURIComponent(from)}`
}

function isSignIn(path: string): boolean {
  return path === PATHS.signIn || path.startsWith(`${PATHS.signIn}?`)
}

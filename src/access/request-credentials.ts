import type { IncomingMessage } from 'node:http'
import { parseCookie } from 'cookie'
import { Refusal } from '../core/errors.ts'

/*
 * The credentials that a request shows: a bearer token or the page's cookie.
 */

/** The cookie of the page's sessions. */
export const SESSION_COOKIE = 'belvedere_session'

/** What the page's cookie holds; undefined: there is none. */
export function sessionCookieOf({ headers }: IncomingMessage): string | undefined {
  return headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[SESSION_COOKIE]
}

/**
 * What a request shows to be let in: the header, or `?token=` for clients that cannot set one.
 * @throws Refusal `unauthenticated` when the header is not `Bearer`
 */
export function tokenOf(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization
  if (header !== undefined) {
    const [scheme, token, ...more] = header.trim().split(/\s+/)
    if (scheme?.toLowerCase() !== 'bearer' || !token || more.length > 0)
      throw new Refusal('unauthenticated', 'Authorization: must be "Bearer <token or key>".')
    return token
  }
  // A socket is opened by a GET as well; what only says that it wants one is none.
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
  const query = request.url?.split('?', 2)[1]
  return query === undefined ? undefined : (new URLSearchParams(query).get('token') ?? undefined)
}

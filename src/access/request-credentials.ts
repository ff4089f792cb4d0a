import type { IncomingMessage } from 'node:http'
import { parseCookie } from 'cookie'
import { Refusal } from '../core/errors.ts'

/*
 * Extracts the credentials of a request: a bearer token or the session cookie.
 */

/** Name of the session cookie. */
export const SESSION_COOKIE = 'belvedere_session'

/** The value of the session cookie; undefined if there is none. */
export function sessionCookieOf({ headers }: IncomingMessage): string | undefined {
  return headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[SESSION_COOKIE]
}

/**
 * The password of HTTP's Basic authentication (RFC 7617), whatever the user name: a token, for programs that can show it
 * in no other way. Only for routes that say so.
 * @returns undefined if the request has none
 */
export function basicPasswordOf({ headers }: IncomingMessage): string | undefined {
  const [scheme, encoded = ''] = (headers.authorization ?? '').trim().split(/\s+/)
  if (scheme?.toLowerCase() !== 'basic') return undefined
  return /:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString())?.[1]
}

/**
 * Whether a page makes the request, with a script or for an `<img>`: its browser would ask its user for a password where
 * the answer asks for one. Browsers say what they do only to servers with HTTPS and to this machine.
 */
export function isMadeByPage({ headers }: IncomingMessage): boolean {
  const destination = headers['sec-fetch-dest']
  if (destination !== undefined) return destination !== 'document'
  return /^Mozilla\//.test(headers['user-agent'] ?? '') && !headers.accept?.includes('text/html')
}

/**
 * The token of a request: from the Authorization header, or from `?token=` for clients that cannot set headers.
 * @returns undefined if there is none
 * @throws Refusal `unauthenticated` when the header's scheme is not `Bearer`
 */
export function tokenOf(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization
  if (header !== undefined) {
    const [scheme, token, ...more] = header.trim().split(/\s+/)
    if (scheme?.toLowerCase() !== 'bearer' || !token || more.length > 0)
      throw new Refusal('unauthenticated', 'Authorization: must be "Bearer <token or key>".')
    return token
  }
  // A WebSocket is opened with GET too; an Upgrade header with another method does not make one.
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
  const query = request.url?.split('?', 2)[1]
  return query === undefined ? undefined : (new URLSearchParams(query).get('token') ?? undefined)
}

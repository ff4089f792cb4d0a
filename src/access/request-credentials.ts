import type { IncomingMessage } from 'node:http'
import { Refusal } from '../core/errors.ts'

/*
 * Extracts the credentials of a request: its token. The session cookie is `session-cookie.ts`.
 */

/** What the header `Authorization` shows. */
export type Authorization =
  | { readonly kind: 'bearer'; readonly token: string }
  /** The password of Basic authentication (RFC 7617): a token of ours, or for somebody else, such as a proxy in front. */
  | { readonly kind: 'basic'; readonly password: string }
  /** Badly formed, of the scheme Bearer. */
  | { readonly kind: 'malformed' }
  /** Of another scheme: it says nothing to this server. */
  | { readonly kind: 'foreign' }

/** Reads the header `Authorization`; undefined if there is none. Nothing else reads it. */
export function authorizationOf({ headers }: IncomingMessage): Authorization | undefined {
  if (headers.authorization === undefined) return undefined
  const [scheme = '', value = '', ...more] = headers.authorization.trim().split(/\s+/)
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value === '' || more.length > 0 ? { kind: 'malformed' } : { kind: 'bearer', token: value }
    case 'basic':
      return { kind: 'basic', password: /:(.*)$/s.exec(Buffer.from(value, 'base64').toString())?.[1] ?? '' }
    default:
      return { kind: 'foreign' }
  }
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
 * The token of a request: from the header `Authorization: Bearer`, or from `?token=` for clients that cannot set headers.
 * @returns undefined if there is none; Basic authentication counts only where a route says so (`requireForReader`)
 * @throws Refusal `unauthenticated` when the header is a badly formed `Bearer`
 */
export function tokenOf(request: IncomingMessage): string | undefined {
  const authorization = authorizationOf(request)
  if (authorization?.kind === 'bearer') return authorization.token
  if (authorization?.kind === 'malformed')
    throw new Refusal('unauthenticated', 'Authorization: must be "Bearer <token or key>".')
  // A WebSocket is opened with GET too; an Upgrade header with another method does not make one.
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
  const query = request.url?.split('?', 2)[1]
  return query === undefined ? undefined : (new URLSearchParams(query).get('token') ?? undefined)
}

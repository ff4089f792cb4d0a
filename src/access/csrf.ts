import type { IncomingMessage } from 'node:http'
import { Refusal } from '../core/errors.ts'

/*
 * Protection against CSRF (cross-site request forgery) and cross-site WebSocket hijacking: pages of other sites that
 * make a visitor's browser send requests. The origin that the browser reports is checked wherever the request would
 * have ambient authority: a cookie, or coming from this machine.
 */

/** @throws Refusal `forbidden` if a page of another site sent the request */
export function checkSameSite(request: IncomingMessage): void {
  const problem = crossSiteProblem(request, [])
  if (problem !== undefined) throw new Refusal('forbidden', problem)
}

/**
 * Checks a request with a cookie. Browsers attach it whichever page sends the request, so it must be a page of this
 * server; SameSite alone is not enough, as not all browsers enforce it.
 * @throws Refusal `forbidden` if a page of another site sent it or, for a request that changes something or opens a
 *   WebSocket, if it is not certain that a page of this server did
 */
export function checkCookieRequest(request: IncomingMessage): void {
  const isRead = (request.method === 'GET' || request.method === 'HEAD') && request.headers.upgrade === undefined
  checkSameSite(request)
  if (!isRead && !isSameOrigin(request))
    throw new Refusal('forbidden', 'With a cookie this can be done from a page of this server only.')
}

/**
 * Why a request may not use ambient authority: it was sent by a page of another site.
 * @param allowedOrigins origins of other sites whose pages may, as browsers send them
 * @returns a sentence; undefined if it may
 */
export function crossSiteProblem(request: IncomingMessage, allowedOrigins: readonly string[]): string | undefined {
  const { origin } = request.headers
  if (origin !== undefined)
    return isSameOrigin(request) || allowedOrigins.includes(origin)
      ? undefined
      : `Origin: a page of ${JSON.stringify(origin.slice(0, 80))} may not connect; add it to http.allowed_origins if it should.`
  // A request without Origin has Sec-Fetch-Site: an `<img>` on another site must not load from here.
  const site = request.headers['sec-fetch-site']
  const isFollowed = request.headers['sec-fetch-mode'] === 'navigate'
  return site === 'cross-site' && !isFollowed ? 'A page of another site may not load this.' : undefined
}

/**
 * Whether a page of this server certainly sent the request, according to headers that browsers set and pages cannot
 * forge. Without these headers: no.
 */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  if (origin !== undefined && host !== undefined && (origin === `http://${host}` || origin === `https://${host}`))
    return true
  // A proxy may have changed the Host header.
  return headers['sec-fetch-site'] === 'same-origin'
}

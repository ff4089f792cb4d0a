import type { IncomingMessage } from 'node:http'
import { Refusal } from '../core/errors.ts'

/*
 * Defence against pages of other sites that make a visitor's browser send requests (CSRF, cross-site request forgery,
 * and cross-site WebSocket hijacking): what a browser says of where a request comes from is checked wherever it would
 * give the request something without being asked, a cookie or the machine that it runs on.
 */

/** @throws Refusal `forbidden` if a page of another site has sent the request */
export function checkSameSite(request: IncomingMessage): void {
  const problem = crossSiteProblem(request, [])
  if (problem !== undefined) throw new Refusal('forbidden', problem)
}

/**
 * Checks a request that shows a cookie. Browsers send one along whatever page asks, so it must be one of ours: SameSite
 * alone is not all browsers'.
 * @throws Refusal `forbidden` if a page of another site has sent it or, when it changes something or opens a WebSocket,
 *   if it is not sure that a page of this server has
 */
export function checkCookieRequest(request: IncomingMessage): void {
  const isRead = (request.method === 'GET' || request.method === 'HEAD') && request.headers.upgrade === undefined
  checkSameSite(request)
  if (!isRead && !isSameOrigin(request))
    throw new Refusal('forbidden', 'With a cookie this can be done from a page of this server only.')
}

/**
 * Why a request may not use what its browser would give it without being asked: a page of another site has sent it.
 * @param allowedOrigins origins of other sites whose pages may, as browsers write them
 * @returns a sentence; undefined: it may
 */
export function crossSiteProblem(request: IncomingMessage, allowedOrigins: readonly string[]): string | undefined {
  const { origin } = request.headers
  if (origin !== undefined)
    return isSameOrigin(request) || allowedOrigins.includes(origin)
      ? undefined
      : `Origin: a page of ${JSON.stringify(origin.slice(0, 80))} may not connect; add it to http.allowed_origins if it should.`
  // Browsers tell where a request without Origin comes from: an <img> on another site is not one of ours.
  const site = request.headers['sec-fetch-site']
  const isFollowed = request.headers['sec-fetch-mode'] === 'navigate'
  return site === 'cross-site' && !isFollowed ? 'A page of another site may not load this.' : undefined
}

/**
 * Whether a page of this server has surely sent the request, as browsers tell and pages cannot forge. Nothing said is
 * no.
 */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  if (origin !== undefined && host !== undefined && (origin === `http://${host}` || origin === `https://${host}`))
    return true
  // A proxy may have changed the host's name on the way.
  return headers['sec-fetch-site'] === 'same-origin'
}

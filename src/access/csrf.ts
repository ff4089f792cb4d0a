import type { IncomingMessage } from 'node:http'
import { Refusal } from '../core/errors.ts'

/*
 * Protection against CSRF (cross-site request forgery) and cross-site WebSocket hijacking: pages of other sites that
 * make a visitor's browser send requests. The origin that the browser reports is checked wherever the request would
 * have ambient authority: a cookie, or coming from this machine.
 */

/** How the server's own pages are recognized. */
export interface OriginRules {
  /** Origins of the server's own pages besides those that the requests name, as browsers send them. */
  readonly publicOrigins: readonly string[]
  /** Whether the other end of the connection is a trusted proxy. */
  readonly isFromProxy: (request: IncomingMessage) => boolean
}

/** @throws Refusal `forbidden` if a page of another site sent the request */
export function checkSameSite(request: IncomingMessage, rules: OriginRules): void {
  const problem = crossSiteProblem(request, rules)
  if (problem !== undefined) throw new Refusal('forbidden', problem)
}

/**
 * Checks a request with a cookie. Browsers attach it whichever page sends the request, so it must be a page of this
 * server; SameSite alone is not enough, as not all browsers enforce it.
 * @throws Refusal `forbidden` if a page of another site sent it or, for a request that changes something or opens a
 *   WebSocket, if it is not certain that a page of this server did
 */
export function checkCookieRequest(request: IncomingMessage, rules: OriginRules): void {
  const isRead = (request.method === 'GET' || request.method === 'HEAD') && request.headers.upgrade === undefined
  checkSameSite(request, rules)
  if (!isRead && !isSameOrigin(request, rules))
    throw new Refusal('forbidden', 'With a cookie this can be done from a page of this server only.')
}

/**
 * Why a request may not use ambient authority: it was sent by a page of another site.
 * @param allowedOrigins origins of other sites whose pages may, as browsers send them; undefined: none can be allowed
 * @returns a sentence; undefined if it may
 */
export function crossSiteProblem(
  request: IncomingMessage,
  rules: OriginRules,
  allowedOrigins?: readonly string[],
): string | undefined {
  const { origin } = request.headers
  if (origin !== undefined) {
    if (isSameOrigin(request, rules) || allowedOrigins?.includes(origin)) return undefined
    return strangeOrigin(origin, request, rules, allowedOrigins !== undefined)
  }
  // A request without Origin has Sec-Fetch-Site: an `<img>` on another site must not load from here.
  const site = request.headers['sec-fetch-site']
  const isFollowed = request.headers['sec-fetch-mode'] === 'navigate'
  return site === 'cross-site' && !isFollowed ? 'A page of another site may not load this.' : undefined
}

/** The essence comes first: the reason that closes a WebSocket has 123 bytes. */
function strangeOrigin(origin: string, request: IncomingMessage, rules: OriginRules, canAllowOthers: boolean): string {
  const { host = '', 'x-forwarded-host': forwarded } = request.headers
  const others = canAllowOthers ? ', or to http.allowed_origins if it is another site that may do this' : ''
  const passedOn =
    forwarded === undefined || rules.isFromProxy(request)
      ? 'pass on the header Host as the browser sent it'
      : 'be listed in http.trusted_proxies, as its X-Forwarded-Host counts only then'
  return `Origin: ${quoted(origin)} is not ${quoted(host)} (Host). Add it to http.public_origins if it is an address of this server${others}. A proxy in between should ${passedOn}.`
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}

/**
 * Whether a page of this server certainly sent the request, according to headers that browsers set and pages cannot
 * forge. Without these headers: no.
 */
function isSameOrigin(request: IncomingMessage, { publicOrigins, isFromProxy }: OriginRules): boolean {
  const { origin, host, 'x-forwarded-host': forwarded, 'sec-fetch-site': site } = request.headers
  // A proxy may have changed the Host header.
  if (site === 'same-origin') return true
  if (origin === undefined) return false
  if (publicOrigins.includes(origin) || isOriginOf(origin, host)) return true
  if (forwarded === undefined || !isFromProxy(request)) return false
  // Each proxy of a chain may have added what it was asked for.
  return String(forwarded)
    .split(',')
    .some((each) => isOriginOf(origin, each.trim()))
}

/** Whether an origin is that of a host, with or without the port if it is the usual one. */
function isOriginOf(origin: string, host: string | undefined): boolean {
  if (host === undefined || !/^[^\s/?#@\\]+$/.test(host)) return false
  return ['http:', 'https:'].some((scheme) => {
    const url = `${scheme}//${host}`
    return origin === url || (URL.canParse(url) && origin === new URL(url).origin)
  })
}

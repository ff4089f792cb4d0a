import { serverUrl } from '../server-address.ts'
import { type Fields, fieldsIn, textIn } from './json-fields.ts'
import { shareToken } from './share-token.ts'

/**
 * A failed request: an error response, or none at all. The message is the server's sentence; empty if there is none.
 * Every error of the server has one (`{"detail": …}`), so what has none comes from a proxy in front of it.
 */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  /** The HTTP status; 0 if there was no response. */
  readonly status: number
  /** `Retry-After`: when to try again, in seconds from now. */
  readonly retryAfter: number | undefined
  /** All that the server's answer says, `detail` included; nothing if it is no JSON. */
  readonly fields: Fields

  constructor(status: number, detail: string, retryAfter?: number, fields: Fields = {}) {
    super(detail)
    this.status = status
    this.retryAfter = retryAfter
    this.fields = fields
  }

  /** Whether something between the page and the server has answered in its place. */
  get isFromProxy(): boolean {
    return this.status !== 0 && this.message === ''
  }

  /**
   * Whether a proxy answered because it wants its user to sign in with it: it refuses, leads to another page, or has
   * answered with one of its own.
   */
  get isProxySignIn(): boolean {
    return this.isFromProxy && (this.status < 400 || PROXY_REFUSALS.has(this.status))
  }
}

/** 511 is Network Authentication Required (RFC 6585). */
const PROXY_REFUSALS = new Set([401, 403, 407, 511])

/** Options of a request. */
export interface FetchOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** `none`: without the share link's token in the header, as where a proxy may have a password of its own. */
  readonly authorization?: 'none'
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean
}

/**
 * The page's HTTP client: sends a request to its own server with this tab's credentials.
 * @returns the response's JSON; undefined if it has none (204)
 * @throws HttpProblem unless the status is 2xx, and the body JSON
 */
export async function fetchJson(path: string, options: FetchOptions = {}): Promise<unknown> {
  const response = await send(path, 'application/json', options)
  if (response.status === 204) return undefined
  return response.json().catch(() => {
    throw new HttpProblem(response.status, '')
  })
}

/**
 * Loads a picture from the server with this tab's credentials.
 * @throws HttpProblem unless the status is 2xx and all of it came
 */
export async function fetchPicture(path: string): Promise<Blob> {
  const response = await send(path, 'image/*', {})
  return response.blob().catch(() => {
    throw new HttpProblem(0, '')
  })
}

/**
 * Loads anything else from the server with this tab's credentials.
 * @throws HttpProblem unless the status is 2xx and all of it came
 */
export async function fetchBytes(
  path: string,
  accept: string,
  signal: AbortSignal,
): Promise<{ readonly bytes: Uint8Array; readonly headers: Headers }> {
  const response = await send(path, accept, { signal })
  const buffer = await response.arrayBuffer().catch(() => {
    throw new HttpProblem(0, '')
  })
  return { bytes: new Uint8Array(buffer), headers: response.headers }
}

async function send(path: string, accept: string, options: FetchOptions): Promise<Response> {
  const token = options.authorization === 'none' ? undefined : shareToken()
  // Headers are limited to Latin-1: a token with other characters is invalid anyway.
  const authorization = token === undefined ? undefined : `Bearer ${/^[\x21-\x7e]+$/.test(token) ? token : '?'}`
  try {
    return await request(path, accept, options, authorization)
  } catch (error) {
    // A proxy with a password of its own has its users' in that header, if it is left to the browser.
    const isOfProxy = error instanceof HttpProblem && error.isFromProxy && error.status === 401
    if (!isOfProxy || token === undefined || (options.method ?? 'GET') !== 'GET') throw error
    const address = `${path}${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`
    return request(address, accept, options, undefined)
  }
}

async function request(
  path: string,
  accept: string,
  { method = 'GET', body, signal, keepalive }: FetchOptions,
  authorization: string | undefined,
): Promise<Response> {
  const headers = new Headers({ accept })
  if (authorization !== undefined) headers.set('authorization', authorization)
  if (body !== undefined) headers.set('content-type', 'application/json')
  const response = await fetch(serverUrl(path), {
    method,
    headers,
    cache: 'no-store',
    // None of the server's own answers to a page is one: a proxy leads to its log-in page, where scripts may not follow.
    redirect: 'manual',
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
    ...(keepalive && { keepalive }),
  }).catch(() => undefined)
  if (!response) throw new HttpProblem(0, '')
  if (response.ok) return response
  if (response.type === 'opaqueredirect') throw new HttpProblem(REDIRECTED, '')
  const answer = fieldsIn(await response.json().catch(() => undefined))
  const wait = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
  const retryAfter = Number.isFinite(wait) ? wait : undefined
  throw new HttpProblem(response.status, textIn(answer, 'detail'), retryAfter, answer)
}

/** The status that stands for all redirects, as browsers do not tell it. */
const REDIRECTED = 302

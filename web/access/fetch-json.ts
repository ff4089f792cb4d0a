import { fieldsIn } from './json-fields.ts'
import { shareToken } from './share-token.ts'

/**
 * A failed request: an error response, or none at all. The message is the server's sentence; empty if there is none.
 */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  /** The HTTP status; 0 if there was no response. */
  readonly status: number
  /** `Retry-After`: when to try again, in seconds from now. */
  readonly retryAfter: number | undefined

  constructor(status: number, detail: string, retryAfter?: number) {
    super(detail)
    this.status = status
    this.retryAfter = retryAfter
  }
}

/** Options of a request. */
export interface FetchOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean
}

/**
 * The page's HTTP client: sends a request to its own server with this tab's credentials.
 * @returns the response's JSON; undefined if it has none
 * @throws HttpProblem unless the status is 2xx
 */
export async function fetchJson(path: string, options: FetchOptions = {}): Promise<unknown> {
  const response = await send(path, 'application/json', options)
  return response.json().catch(() => undefined)
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

async function send(
  path: string,
  accept: string,
  { method = 'GET', body, signal, keepalive }: FetchOptions,
): Promise<Response> {
  const headers = new Headers({ accept })
  const token = shareToken()
  // Headers are limited to Latin-1: a token with other characters is invalid anyway.
  if (token !== undefined) headers.set('authorization', `Bearer ${/^[\x21-\x7e]+$/.test(token) ? token : '?'}`)
  if (body !== undefined) headers.set('content-type', 'application/json')
  const response = await fetch(path, {
    method,
    headers,
    cache: 'no-store',
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
    ...(keepalive && { keepalive }),
  }).catch(() => undefined)
  if (!response) throw new HttpProblem(0, '')
  if (response.ok) return response
  const answer: unknown = await response.json().catch(() => undefined)
  const wait = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
  throw new HttpProblem(response.status, sentenceOf(answer), Number.isFinite(wait) ? wait : undefined)
}

/** The server's message, in any of the forms of its error responses. */
function sentenceOf(answer: unknown): string {
  const { detail } = fieldsIn(answer)
  return typeof detail === 'string' ? detail : ''
}

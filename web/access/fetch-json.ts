import { fieldsIn } from './json-fields.ts'
import { shareToken } from './share-token.ts'

/** The server refused, failed or did not answer. The message is its sentence; empty: it gave none. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  /** 0: it did not answer. */
  readonly status: number
  /** When it may be tried again, in seconds from now. */
  readonly retryAfter: number | undefined

  constructor(status: number, detail: string, retryAfter?: number) {
    super(detail)
    this.status = status
    this.retryAfter = retryAfter
  }
}

/** What is asked of the server beside the path. */
export interface FetchOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** Goes on when the page is left. */
  readonly keepalive?: boolean
}

/**
 * The page's HTTP client: asks its own server, as whoever this tab is.
 * @returns the answer's JSON; undefined: it had none
 * @throws HttpProblem unless the answer is one of success
 */
export async function fetchJson(
  path: string,
  { method = 'GET', body, signal, keepalive }: FetchOptions = {},
): Promise<unknown> {
  const headers = new Headers({ accept: 'application/json' })
  const token = shareToken()
  // A header carries Latin letters only: a token with others is one that the server cannot know.
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
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) return answer
  const wait = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
  throw new HttpProblem(response.status, sentenceOf(answer), Number.isFinite(wait) ? wait : undefined)
}

/** The server's own words, in the forms that its refusals have. */
function sentenceOf(answer: unknown): string {
  const { detail } = fieldsIn(answer)
  return typeof detail === 'string' ? detail : ''
}

import { HttpProblem } from '../access/fetch-json.ts'

/** Why somebody was not signed in. */
export type SignInTrouble =
  | { readonly kind: 'wrong' | 'inactive' | 'unreachable' }
  /** It may be tried again in so many seconds. */
  | { readonly kind: 'tooOften'; readonly seconds: number }
  /** In the server's words, or its status. */
  | { readonly kind: 'failed'; readonly reason: string }

/** What an error of `POST /session` means to whoever signs in. */
export function signInTroubleOf(error: unknown): SignInTrouble {
  if (!(error instanceof HttpProblem)) return { kind: 'failed', reason: error instanceof Error ? error.message : '' }
  const { status, message, retryAfter } = error
  if (status === 0) return { kind: 'unreachable' }
  if (status === 401) return { kind: 'wrong' }
  if (status === 403) return { kind: 'inactive' }
  if (status === 429) return { kind: 'tooOften', seconds: Math.max(1, retryAfter ?? USUAL_WAIT) }
  return { kind: 'failed', reason: message || `${status}` }
}

/** Seconds, where the server says none. */
const USUAL_WAIT = 5

import { HttpProblem } from '../access/fetch-json.ts'

/** Why signing in failed. */
export type SignInTrouble =
  | { readonly kind: 'wrong' | 'inactive' | 'unreachable' }
  /** Too many attempts: retry after `seconds`. */
  | { readonly kind: 'tooOften'; readonly seconds: number }
  /** Any other failure: the server's message or its status. */
  | { readonly kind: 'failed'; readonly reason: string }

/** Classifies an error of `POST /session`. */
export function signInTroubleOf(error: unknown): SignInTrouble {
  if (!(error instanceof HttpProblem)) return { kind: 'failed', reason: error instanceof Error ? error.message : '' }
  const { status, message, retryAfter } = error
  if (status === 0) return { kind: 'unreachable' }
  if (status === 401) return { kind: 'wrong' }
  if (status === 403) return { kind: 'inactive' }
  if (status === 429) return { kind: 'tooOften', seconds: Math.max(1, retryAfter ?? USUAL_WAIT) }
  return { kind: 'failed', reason: message || `${status}` }
}

/** The wait in seconds if the server gives none. */
const USUAL_WAIT = 5

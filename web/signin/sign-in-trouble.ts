import { HttpProblem } from '../access/fetch-json.ts'
import { type ConnectionTrouble, refusalOf } from '../navigation/connection-trouble.ts'
import type { CookieTrouble } from './cookie-trouble.ts'

/** Why signing in failed. */
export type SignInTrouble =
  | { readonly kind: 'wrong' | 'inactive' | 'unreachable' | CookieTrouble }
  /** Too many attempts: retry after `seconds`. */
  | { readonly kind: 'tooOften'; readonly seconds: number }
  /** A proxy answered, or the server takes this page for one of another site. */
  | { readonly kind: 'between'; readonly trouble: ConnectionTrouble }
  /** Any other failure: the server's message. */
  | { readonly kind: 'failed'; readonly reason: string }

/** Classifies an error of signing in. */
export function signInTroubleOf(error: unknown): SignInTrouble {
  if (!(error instanceof HttpProblem)) return { kind: 'failed', reason: error instanceof Error ? error.message : '' }
  const { status, message, retryAfter } = error
  if (status === 0) return { kind: 'unreachable' }
  if (error.isProxySignIn) return { kind: 'between', trouble: { kind: 'proxySignIn' } }
  if (status === 429) return { kind: 'tooOften', seconds: Math.max(1, retryAfter ?? USUAL_WAIT) }
  if (error.isFromProxy) return { kind: 'between', trouble: { kind: 'gateway', status } }
  if (message === WRONG) return { kind: 'wrong' }
  if (message === INACTIVE) return { kind: 'inactive' }
  const trouble = refusalOf(message)
  return trouble.kind === 'origin' ? { kind: 'between', trouble } : { kind: 'failed', reason: message }
}

/* The sentences of `POST /login` in the detection hub's contract. */
const WRONG = 'Wrong username or password'
const INACTIVE = 'User account is inactive'
/** The wait in seconds if the server gives none. */
const USUAL_WAIT = 5

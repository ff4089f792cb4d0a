import type { FastifyRequest } from 'fastify'
import type { Accounts } from '../../access/accounts.ts'
import type { AuditActor } from '../../access/audit-trail.ts'
import type { ClientInfo } from '../../access/sessions.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** What the account routes need. */
export interface AccountRouteParts {
  readonly accounts: Accounts
  readonly guard: RequestGuard
}

/** The client of a request (IP address and `User-Agent`), as recorded with a sign-in. */
export function clientInfoOf({ guard }: AccountRouteParts, request: FastifyRequest): ClientInfo {
  return { address: guard.addressOf(request), agent: request.headers['user-agent'] ?? '' }
}

/**
 * Who makes a request, for the audit trail; only on routes behind the guard.
 * @throws Refusal `unauthenticated` when the principal has ended
 */
export function actorOf({ guard }: AccountRouteParts, request: FastifyRequest): AuditActor {
  return { who: principalOf(request).name, address: guard.addressOf(request) }
}

/** The largest request body of a sign-in, in bytes. Kept small: it can be sent without authentication. */
export const MAX_CREDENTIALS = 16_384

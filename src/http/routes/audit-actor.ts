import type { FastifyRequest } from 'fastify'
import type { Accounts } from '../../access/accounts.ts'
import type { AuditActor } from '../../access/audit-trail.ts'
import type { ClientInfo } from '../../access/sessions.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** What the routes of accounts are handed. */
export interface ManageParts {
  readonly accounts: Accounts
  readonly guard: RequestGuard
}

/** Where a request comes from, for a sign-in. */
export function visitorOf({ guard }: ManageParts, request: FastifyRequest): ClientInfo {
  return { address: guard.addressOf(request), agent: request.headers['user-agent'] ?? '' }
}

/**
 * Who does something, for the audit trail, on a route that the guard stands before.
 * @throws Refusal `unauthenticated` when the principal has ended
 */
export function actorOf({ guard }: ManageParts, request: FastifyRequest): AuditActor {
  return { who: principalOf(request).name, address: guard.addressOf(request) }
}

/** The largest body with a name and a password, in bytes: anybody may send one, and as many as they like. */
export const MAX_CREDENTIALS = 16_384

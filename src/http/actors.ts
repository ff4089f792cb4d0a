import type { FastifyRequest } from 'fastify'
import type { Accounts } from '../access/accounts.ts'
import type { Actor } from '../access/audit.ts'
import type { Visitor } from '../access/sessions.ts'
import type { Principal } from '../core/principal.ts'
import type { Admission } from './admission.ts'

/** What the routes of accounts are handed. */
export interface ManageParts {
  readonly accounts: Accounts
  readonly admission: Admission
}

/** Where a request comes from, for a sign-in. */
export function visitorOf({ admission }: ManageParts, request: FastifyRequest): Visitor {
  return { address: admission.addressOf(request), agent: request.headers['user-agent'] ?? '' }
}

/** Who does something, for the audit trail. */
export function actorOf({ admission }: ManageParts, request: FastifyRequest, { name }: Principal): Actor {
  return { who: name, address: admission.addressOf(request) }
}

/** The largest body with a name and a password, in bytes: anybody may send one, and as many as they like. */
export const MAX_CREDENTIALS = 16_384

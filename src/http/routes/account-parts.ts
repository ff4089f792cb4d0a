import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Accounts } from '../../access/accounts.ts'
import type { Actor } from '../../access/actor.ts'
import type { ClientInfo } from '../../access/sessions.ts'
import { Refusal } from '../../core/errors.ts'
import type { BodyLimit } from '../../sources/request-body.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** What the account routes need. */
export interface AccountRouteParts {
  readonly accounts: Accounts
  readonly guard: RequestGuard
}

/** What the account routes need that anybody may call. */
export interface PublicRouteParts extends AccountRouteParts {
  /** The largest request body where no permission is needed. */
  readonly publicBody: BodyLimit
}

/**
 * The client of a request, as recorded with a sign-in.
 * @param reply of a request that may have to wait: the client then has a signal
 */
export function clientInfoOf({ guard }: AccountRouteParts, request: FastifyRequest, reply?: FastifyReply): ClientInfo {
  return {
    address: guard.addressOf(request),
    agent: request.headers['user-agent'] ?? '',
    signal: reply && signalOf(reply),
  }
}

/** Aborted, with a refusal, when the client disconnects before it has its response. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => {
    if (!raw.writableEnded) gone.abort(new Refusal('unavailable', 'The client has disconnected.'))
  })
  return gone.signal
}

/**
 * Who makes a request; only on routes behind the guard.
 * @throws Refusal `unauthenticated` when the principal has ended
 */
export function actorOf({ guard }: AccountRouteParts, request: FastifyRequest): Actor {
  const principal = principalOf(request)
  return { who: principal.name, address: guard.addressOf(request), principal }
}

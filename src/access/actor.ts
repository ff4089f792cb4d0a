import { ACTIONS, ALL } from '../core/authorization.ts'
import { authorize, type Principal, systemPrincipal } from '../core/principal.ts'
import type { AuditActor } from './audit-trail.ts'

/**
 * Who does something: for the audit trail, and to be asked again right before it is done. Between a request and its
 * deed a password may be hashed or a disk be waited for, and a right be lost.
 */
export interface Actor extends AuditActor {
  readonly principal: Principal
}

/**
 * An actor on this machine that may do everything, since whoever runs it has the database.
 * @param who for the audit trail: "command line"
 */
export function systemActor(who: string): Actor {
  return { who, address: 'this machine', principal: systemPrincipal(who, [{ actions: ACTIONS, scope: ALL }]) }
}

/**
 * To be called right before a change of users, keys or links, with no `await` in between.
 * @throws Refusal `forbidden` if the actor is no admin; `unauthenticated` when its principal has ended
 */
export function checkAdministers({ principal }: Actor): void {
  authorize(principal, 'administer', {})
}

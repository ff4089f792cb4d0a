import { checkNotEnded, type Principal } from '../core/principal.ts'
import type { Action } from '../core/rights.ts'
import type { Admit } from './admission.ts'

type Request = Parameters<Admit>[0]

/**
 * Lets people in before the body of their request is read: `onRequest` goes into the route, and its handler asks
 * `principalOf` who it was: whoever is cut off while the body comes is refused then.
 */
export function admitFirst(admit: Admit, action: Action) {
  const principals = new WeakMap<object, Principal>()
  return {
    async onRequest(request: Request): Promise<void> {
      principals.set(request.raw, await admit(request, action))
    },
    async principalOf(request: Request): Promise<Principal> {
      const principal = principals.get(request.raw) ?? (await admit(request, action))
      checkNotEnded(principal)
      return principal
    },
  }
}

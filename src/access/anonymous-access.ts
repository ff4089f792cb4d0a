import type { IncomingMessage } from 'node:http'
import { Refusal } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { crossSiteProblem, type OriginRules } from './csrf.ts'
import { type HostRules, strangeHostProblem } from './dns-rebinding.ts'
import type { Identity } from './identity.ts'
import { forwardedBy, isFromThisMachine } from './loopback.ts'
import { type AnonymousPolicy, anonymousGrants } from './permissions.ts'

/** Settings of anonymous access. */
export interface AnonymousRules extends HostRules, OriginRules {
  /** What is allowed without signing in; undefined: `operate` from this machine, `none` from elsewhere. */
  readonly anonymous: AnonymousPolicy | undefined
  /** Origins of other sites whose pages get the same access (CORS). */
  readonly allowedOrigins: readonly string[]
}

/**
 * Anonymous access: what a request without credentials may do, according to the policy or, without one, to where it
 * comes from.
 */
export class AnonymousAccess {
  readonly #rules: AnonymousRules
  /** The `ended` of anonymous principals: never aborted. */
  readonly #neverEnded = new AbortController()
  /** One for all who may do the same. */
  readonly #principals = new Map<AnonymousPolicy, Principal>()

  constructor(rules: AnonymousRules) {
    this.#rules = rules
  }

  /** Never throws: if nothing is allowed, `Identity.why` has the reason. */
  identify(request: IncomingMessage): Identity {
    const rules = this.#rules
    const policy = rules.anonymous ?? (isFromThisMachine(request) ? 'operate' : 'none')
    if (policy === 'none') return this.#nobody(new Refusal('unauthenticated', whyNot(request, rules.anonymous)))
    const problem = strangeHostProblem(request, rules) ?? crossSiteProblem(request, rules, rules.allowedOrigins)
    if (problem !== undefined) return this.#nobody(new Refusal('forbidden', problem))
    return { principal: this.#principal(policy) }
  }

  #nobody(why: Refusal): Identity {
    return { principal: this.#principal('none'), why }
  }

  #principal(policy: AnonymousPolicy): Principal {
    const known = this.#principals.get(policy)
    if (known) return known
    const principal: Principal = {
      id: 'anonymous',
      name: 'somebody who has not signed in',
      kind: 'anonymous',
      // Without a policy it is whoever sits at this machine.
      isShared: this.#rules.anonymous !== undefined,
      grants: anonymousGrants(policy),
      ended: this.#neverEnded.signal,
    }
    this.#principals.set(policy, principal)
    return principal
  }
}

function whyNot(request: IncomingMessage, policy: AnonymousPolicy | undefined): string {
  // With a policy it does not matter where a request comes from.
  const header = policy === undefined ? forwardedBy(request) : undefined
  return header === undefined
    ? 'Sign in first: send "Authorization: Bearer <token>", or open the page.'
    : `Sign in first. The request was forwarded (it has the header ${header}), so it does not count as coming from this machine.`
}

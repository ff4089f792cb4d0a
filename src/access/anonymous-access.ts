import { setMaxListeners } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Grant } from '../core/authorization.ts'
import { Refusal } from '../core/errors.ts'
import { crossSiteProblem } from './csrf.ts'
import { strangeHostProblem } from './dns-rebinding.ts'
import type { Identity } from './identity.ts'
import { forwardedBy, isFromThisMachine } from './loopback.ts'
import { type AnonymousPolicy, anonymousGrants } from './permissions.ts'

/** Settings of anonymous access. */
export interface AnonymousRules {
  /** What people may do who have not signed in; undefined: operate on this machine, nothing elsewhere. */
  readonly anonymous: AnonymousPolicy | undefined
  /** Names that count as this machine's beside localhost. */
  readonly allowedHosts: readonly string[]
  /** Origins of other sites whose pages may do the same. */
  readonly allowedOrigins: readonly string[]
}

/** Anonymous access: who shows nothing may what the policy says, and without one whatever the place allows. */
export class AnonymousAccess {
  readonly #rules: AnonymousRules
  /** The end of everything that nobody can take away. */
  readonly #never = new AbortController()

  constructor(rules: AnonymousRules) {
    this.#rules = rules
    // Every viewer listens to it.
    setMaxListeners(0, this.#never.signal)
  }

  /** Never refuses: who may do nothing is told why when they try. */
  identify(request: IncomingMessage): Identity {
    const { anonymous, allowedHosts, allowedOrigins } = this.#rules
    const isHere = isFromThisMachine(request)
    const policy = anonymous ?? (isHere ? 'operate' : 'none')
    const problem =
      (isHere ? strangeHostProblem(request, allowedHosts) : undefined) ?? crossSiteProblem(request, allowedOrigins)
    if (problem !== undefined && policy !== 'none') return this.#nobody(new Refusal('forbidden', problem))
    if (policy === 'none') return this.#nobody(new Refusal('unauthenticated', whyNot(request)))
    return this.#anonymous(anonymousGrants(policy))
  }

  #nobody(why: Refusal): Identity {
    return { ...this.#anonymous(NOTHING), why }
  }

  #anonymous(grants: readonly Grant[]): Identity {
    return {
      principal: {
        id: 'anonymous',
        name: 'somebody who has not signed in',
        kind: 'anonymous',
        grants,
        ended: this.#never.signal,
      },
    }
  }
}

const NOTHING = anonymousGrants('none')

function whyNot(request: IncomingMessage): string {
  const header = forwardedBy(request)
  return header === undefined
    ? 'Sign in first: send "Authorization: Bearer <token>", or open the page.'
    : `Sign in first. The request was forwarded (it has the header ${header}), so it does not count as coming from this machine.`
}

import { setMaxListeners } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Refusal } from '../core/errors.ts'
import type { Action, Principal } from '../core/principal.ts'
import { localityOf } from './locality.ts'
import { sameSecret } from './publish-key.ts'

/** Settings of the gate. */
export interface GateRules {
  readonly publishKey: string
  /** Host names beside localhost by which this machine calls itself. */
  readonly allowedHosts: readonly string[]
  /** Origins beside the server's own whose pages may connect: "https://example.org". */
  readonly allowedOrigins: readonly string[]
}

/**
 * Lets requests in and says who they are from. Until there are accounts: whoever is on this machine may view and
 * command, whoever has the publish key may publish.
 */
export class Gate {
  readonly #rules: GateRules
  readonly #end = new AbortController()

  constructor(rules: GateRules) {
    this.#rules = rules
    // Every viewer listens to it.
    setMaxListeners(0, this.#end.signal)
  }

  /**
   * Who a request is from.
   * @param action what it is about to do
   * @throws Refusal `unauthenticated` when it shows no key that we know and needs one; `forbidden` when its key does
   *   not allow the action, or a page of another site sent it
   */
  admit(request: IncomingMessage, action: Action): Principal {
    const locality = localityOf(request, this.#rules)
    const token = tokenOf(request)
    if (token !== undefined) {
      if (!sameSecret(token, this.#rules.publishKey))
        throw new Refusal('unauthenticated', 'This key is not known here.')
      if (action !== 'publish' && !locality.isLocal) throw new Refusal('forbidden', locality.reason)
      return this.#principal(
        'publish-key',
        'the holder of the publish key',
        (asked) => asked === 'publish' || locality.isLocal,
      )
    }
    if (action === 'publish')
      throw new Refusal(
        'unauthenticated',
        'Publishing needs the publish key: send it as "Authorization: Bearer <key>".',
      )
    if (!locality.isLocal) throw new Refusal(locality.code, locality.reason)
    return this.#principal('local', 'a viewer on this machine', (asked) => asked !== 'publish')
  }

  #principal(id: string, name: string, may: (action: Action) => boolean): Principal {
    return { id, name, may, ended: this.#end.signal }
  }
}

/** What a request shows to be let in: the header, or `?token=` for clients that cannot set one. */
function tokenOf(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization
  if (header !== undefined) {
    const [scheme, token, ...more] = header.trim().split(/\s+/)
    if (scheme?.toLowerCase() !== 'bearer' || !token || more.length > 0)
      throw new Refusal('unauthenticated', 'Authorization: must be "Bearer <key>".')
    return token
  }
  const isSocket = request.headers.upgrade !== undefined
  if (request.method !== 'GET' && request.method !== 'HEAD' && !isSocket) return undefined
  const query = request.url?.split('?', 2)[1]
  return query === undefined ? undefined : (new URLSearchParams(query).get('token') ?? undefined)
}

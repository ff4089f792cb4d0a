import { Refusal } from './errors.ts'
import type { StreamName } from './names.ts'

/** What somebody may do: see a stream, bring its frames, or tell the server to do something. */
export type Action = 'view' | 'publish' | 'command'

/** Somebody, as the doors of the hub see them. Made by `access/` for each request. */
export interface Principal {
  /** Stable for as long as the account or key exists. */
  readonly id: string
  /** For logs and people. */
  readonly name: string
  /** Whether the action is allowed, on this stream, or on any at all when none is named. */
  may(action: Action, stream?: StreamName): boolean
  /** Aborted when the principal loses what it had (signed out, revoked): all it has open is then closed. */
  readonly ended: AbortSignal
}

/** @throws Refusal `forbidden`, naming who and what */
export function authorize(principal: Principal, action: Action, stream?: StreamName): void {
  if (principal.may(action, stream)) return
  const what = stream ? `${action} "${stream.label}/${stream.key}"` : action
  throw new Refusal('forbidden', `${principal.name} may not ${what}`)
}

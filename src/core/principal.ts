import { type Action, type Grant, type GrantHolder, may, mayAny, type Target } from './authorization.ts'
import { Refusal } from './errors.ts'

/**
 * Somebody who was authenticated, as the doors of the hub see them. What it may is in its grants, which `may` and
 * `mayAny` read.
 */
export interface Principal extends GrantHolder {
  /** Stable for as long as the account, key or link exists: "user:3". */
  readonly id: string
  /** For logs and people. */
  readonly name: string
  /** What it showed to be let in; `system` for what the server itself runs, which comes through no door. */
  readonly kind: 'user' | 'key' | 'link' | 'anonymous' | 'system'
  /** Aborted when the principal loses what it had (signed out, revoked): all it has open is then closed. */
  readonly ended: AbortSignal
}

/**
 * Something that the server itself runs: what it does passes the same doors as anybody's deeds. It never ends.
 * @param name for logs and people, "the demo"
 */
export function systemPrincipal(name: string, grants: readonly Grant[]): Principal {
  return { id: `system:${name}`, name, kind: 'system', grants, ended: new AbortController().signal }
}

/** @throws Refusal `forbidden`, naming who and what; `unauthenticated` when the principal has ended */
export function authorize(principal: Principal, action: Action, target: Target): void {
  checkNotEnded(principal)
  if (may(principal, action, target)) return
  const { label, key } = target
  const what = label === undefined ? 'what belongs to no label' : `"${key === undefined ? label : `${label}/${key}`}"`
  throw new Refusal('forbidden', `${principal.name} may not ${spoken(action)} ${what}`)
}

/**
 * Of things that are not looked at one by one.
 * @throws Refusal `forbidden` if there can be none on which the action is allowed; `unauthenticated` when the principal
 *   has ended
 */
export function authorizeAny(principal: Principal, action: Action, label?: string): void {
  checkNotEnded(principal)
  if (mayAny(principal, action, label)) return
  const what = label === undefined ? '' : ` anything of "${label}"`
  throw new Refusal('forbidden', `${principal.name} may not ${spoken(action)}${what}`)
}

/** What it had opened is being closed, but some of it may be under way still. */
export function checkNotEnded(principal: Principal): void {
  if (principal.ended.aborted) throw new Refusal('unauthenticated', `No longer allowed: ${reasonOf(principal)}.`)
}

/** Why a principal has ended, in words for whoever is cut off. */
export function reasonOf({ ended }: Principal): string {
  return typeof ended.reason === 'string' ? ended.reason : 'no longer allowed'
}

function spoken(action: Action): string {
  return action.replaceAll('_', ' ')
}

import { Refusal } from './errors.ts'

/** Everything that somebody may be allowed to do. What each role may is in `access/permissions.ts`. */
export const ACTIONS = ['view', 'publish', 'command', 'acknowledge', 'edit_cameras', 'administer'] as const

/** See a stream or an event, bring one, give orders, say that one has seen to a warning, change cameras, all else. */
export type Action = (typeof ACTIONS)[number]

/** What an action is done to: a stream (label and key), a thing of a whole label, or one that belongs to no label. */
export interface Target {
  readonly label?: string | undefined
  readonly key?: string | undefined
}

/** Somebody, as the doors of the hub see them. Made by `access/` for each request. */
export interface Principal {
  /** Stable for as long as the account, key or link exists: "user:3". */
  readonly id: string
  /** For logs and people. */
  readonly name: string
  /** What it showed to be let in. */
  readonly kind: 'user' | 'key' | 'link' | 'anonymous'
  /** Whether the action is allowed on that very thing. */
  may(action: Action, target: Target): boolean
  /** Whether it is allowed on anything at all or, with a label, on anything of that label. */
  mayAny(action: Action, label?: string): boolean
  /** Aborted when the principal loses what it had (signed out, revoked): all it has open is then closed. */
  readonly ended: AbortSignal
}

/** @throws Refusal `forbidden`, naming who and what; `unauthenticated` when the principal has ended */
export function authorize(principal: Principal, action: Action, target: Target): void {
  checkNotEnded(principal)
  if (principal.may(action, target)) return
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
  if (principal.mayAny(action, label)) return
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

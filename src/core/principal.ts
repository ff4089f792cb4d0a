import { type Action, type Grant, type GrantHolder, may, mayAny, type Target } from './authorization.ts'
import { Refusal } from './errors.ts'

/** An authenticated party, as the hub sees it. Its grants say what it may do; `may` and `mayAny` evaluate them. */
export interface Principal extends GrantHolder {
  /** Stable for as long as the account, key or link exists: "user:3". */
  readonly id: string
  /** For logs and for people. */
  readonly name: string
  /** How it authenticated; `system` for parts of the server itself, which do not authenticate. */
  readonly kind: 'user' | 'key' | 'link' | 'anonymous' | 'system'
  /** Whether it may be many people who do not know each other: what one of them was shown is not what another was. */
  readonly isShared?: boolean
  /** Whether it sees pictures, with their warnings and annotations, and nothing else that was measured (`pictures-only.ts`). */
  readonly isPicturesOnly?: boolean
  /** Aborted when the principal loses access (signed out, revoked); everything it has open is then closed. */
  readonly ended: AbortSignal
}

/**
 * A principal for a part of the server itself, which is authorized as any other. It never ends.
 * @param name for logs and people, such as "the demo"
 */
export function systemPrincipal(name: string, grants: readonly Grant[]): Principal {
  return { id: `system:${name}`, name, kind: 'system', grants, ended: new AbortController().signal }
}

/**
 * Checks a permission.
 * @throws Refusal `forbidden`, naming who and what; `unauthenticated` when the principal has ended
 */
export function authorize(principal: Principal, action: Action, target: Target): void {
  checkNotEnded(principal)
  if (may(principal, action, target)) return
  const { label, key } = target
  const what = label === undefined ? 'what belongs to no label' : `"${key === undefined ? label : `${label}/${key}`}"`
  throw new Refusal(
    'forbidden',
    `${principal.name} may not ${spoken(action)} ${what}${remedyFor(principal, action, label)}`,
  )
}

/** What to do about it where all that is missing is the site of an account: nothing if there is no more to say. */
function remedyFor({ kind, name, grants }: Principal, action: Action, label: string | undefined): string {
  if (kind !== 'user' || label === undefined || !mayAny({ grants }, action)) return ''
  const route = `PUT /users/${encodeURIComponent(name)}/labels`
  return `: an admin has to give this account the site "${label}" (page Users, or ${route}; to new accounts, access.default_labels)`
}

/**
 * Checks a permission where no single target is known.
 * @param label only targets of this label; any if left out
 * @throws Refusal `forbidden` if the action cannot be allowed on any of them; `unauthenticated` when the principal has
 *   ended
 */
export function authorizeAny(principal: Principal, action: Action, label?: string): void {
  checkNotEnded(principal)
  if (mayAny(principal, action, label)) return
  const what = label === undefined ? '' : ` anything of "${label}"`
  throw new Refusal('forbidden', `${principal.name} may not ${spoken(action)}${what}`)
}

/**
 * What the principal has open is being closed, but some of it may still be running.
 * @throws Refusal `unauthenticated` when the principal has ended
 */
export function checkNotEnded(principal: Principal): void {
  if (principal.ended.aborted) throw new Refusal('unauthenticated', `No longer allowed: ${reasonOf(principal)}.`)
}

/**
 * Whether room is kept for the principal when others fill what all share (`Quota`): it administers, or may publish
 * everything.
 */
export function hasPriority(principal: Principal): boolean {
  return mayAny(principal, 'administer') || may(principal, 'publish', {})
}

/** Is told when a principal ends. */
export interface EndListener {
  principalEnded(): void
}

/**
 * Tells a listener when a principal ends, until `forgetEnd` is called with it. Unlike a listener of the signal itself it
 * costs the same however many there are: one principal may have ten thousand connections. The system principal never
 * ends. Nothing happens if the principal has ended already.
 */
export function whenEnded({ kind, ended }: Principal, listener: EndListener): void {
  if (kind === 'system' || ended.aborted) return
  const known = END_LISTENERS.get(ended)
  if (known) {
    known.add(listener)
    return
  }
  const listeners = new Set([listener])
  END_LISTENERS.set(ended, listeners)
  ended.addEventListener('abort', () => {
    for (const each of listeners) tellEnd(each)
  })
}

/** No longer tells a listener that was given to `whenEnded`. */
export function forgetEnd({ ended }: Principal, listener: EndListener): void {
  END_LISTENERS.get(ended)?.delete(listener)
}

/** Who is told when a principal ends, by its signal. */
const END_LISTENERS = new WeakMap<AbortSignal, Set<EndListener>>()

/** An exception must not keep the others from being told; it is thrown where nobody waits, as the signal's own would be. */
function tellEnd(listener: EndListener): void {
  try {
    listener.principalEnded()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** Why a principal has ended, as a sentence for the client. */
export function reasonOf({ ended }: Principal): string {
  return typeof ended.reason === 'string' ? ended.reason : 'no longer allowed'
}

function spoken(action: Action): string {
  return action.replaceAll('_', ' ')
}

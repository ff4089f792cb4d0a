import type { KeyScope, Role } from '../core/accounts.ts'
import { ACTIONS, type Action } from '../core/rights.ts'

/** What people may do without signing in. */
export type AnonymousPolicy = 'none' | 'view' | 'operate'

/**
 * Who may do what: the one table (docs/security.md shows it to people). All but the admin only within their labels; what
 * belongs to no label is the admin's, and that of keys and visitors for whom all labels are.
 */
export const ROLE_ACTIONS: Readonly<Record<Role, readonly Action[]>> = {
  guest: ['view'],
  user: ['view', 'publish', 'command', 'acknowledge'],
  model_manager: ['view', 'publish', 'command', 'acknowledge', 'edit_cameras'],
  admin: ACTIONS,
}

/** The same for keys of machines, within their label patterns. */
export const SCOPE_ACTIONS: Readonly<Record<KeyScope, readonly Action[]>> = {
  publish: ['publish'],
  view: ['view'],
  admin: ACTIONS,
}

/** The same for people who have not signed in, on all labels and on what belongs to none. */
export const ANONYMOUS_ACTIONS: Readonly<Record<AnonymousPolicy, readonly Action[]>> = {
  none: [],
  view: ['view'],
  operate: ['view', 'command', 'acknowledge'],
}

/** The same for share links, on their streams. */
export const LINK_ACTIONS: readonly Action[] = ['view']

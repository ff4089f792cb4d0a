import { fitsWildcard } from './wildcard.ts'

/*
 * Authorization: what may be done, where, and by whom. One pure function, `may`, reads it from grants, which are data.
 */

/** Everything that somebody may be allowed to do. What each role may is in `access/permissions.ts`. */
export const ACTIONS = ['view', 'publish', 'command', 'acknowledge', 'edit_cameras', 'administer'] as const

/** See a stream or an event, bring one, give orders, say that one has seen to a warning, change cameras, all else. */
export type Action = (typeof ACTIONS)[number]

/** What an action is done to: a stream (label and key), a thing of a whole label, or one that belongs to no label. */
export interface Target {
  readonly label?: string | undefined
  readonly key?: string | undefined
}

/**
 * Where something is allowed. Plain data, so that a store can put it into its query. Only `all` covers what belongs to
 * no label.
 */
export type Scope =
  | { readonly kind: 'all' }
  /** Whole names. */
  | { readonly kind: 'labels'; readonly labels: readonly string[] }
  /** Names of labels with `*` and `?`. */
  | { readonly kind: 'patterns'; readonly patterns: readonly string[] }
  /** Streams or, with no key, whole labels. */
  | { readonly kind: 'streams'; readonly streams: readonly StreamScope[] }

/** A stream or, with no key, all of a label. */
export interface StreamScope {
  readonly label: string
  readonly key?: string | undefined
}

/** Some actions, allowed somewhere. */
export interface Grant {
  readonly actions: readonly Action[]
  readonly scope: Scope
}

/** Whoever holds grants may what any of them allows. */
export interface GrantHolder {
  readonly grants: readonly Grant[]
}

/** All labels, and what belongs to none. */
export const ALL: Scope = { kind: 'all' }

/** Whether the action is allowed on that very thing. */
export function may({ grants }: GrantHolder, action: Action, target: Target): boolean {
  for (const { actions, scope } of grants) if (actions.includes(action) && covers(scope, target)) return true
  return false
}

/** Whether it is allowed on anything at all or, with a label, on anything of that label. */
export function mayAny({ grants }: GrantHolder, action: Action, label?: string): boolean {
  for (const { actions, scope } of grants)
    if (actions.includes(action) && (label === undefined || reaches(scope, label))) return true
  return false
}

/** Where the action is allowed; what any of the scopes covers is. */
export function scopesFor({ grants }: GrantHolder, action: Action): readonly Scope[] {
  return grants.filter(({ actions }) => actions.includes(action)).map(({ scope }) => scope)
}

/** Whether that very thing lies within the scope. */
export function covers(scope: Scope, { label, key }: Target): boolean {
  if (scope.kind === 'all') return true
  if (label === undefined) return false
  if (scope.kind !== 'streams') return reaches(scope, label)
  for (const stream of scope.streams)
    if (stream.label === label && (stream.key === undefined || stream.key === key)) return true
  return false
}

/** Whether anything of the label lies within the scope. */
function reaches(scope: Scope, label: string): boolean {
  switch (scope.kind) {
    case 'all':
      return true
    case 'labels':
      return isAmong(scope.labels, label)
    case 'patterns':
      for (const pattern of scope.patterns) if (fitsWildcard(pattern, label)) return true
      return false
    case 'streams':
      for (const stream of scope.streams) if (stream.label === label) return true
      return false
  }
}

/**
 * A set of each long list that was asked. It is asked for each viewer, stream and event, and there may be hundreds of
 * names.
 */
const SETS = new WeakMap<readonly string[], ReadonlySet<string>>()

/** The longest list that is as quickly searched as a set, in names. */
const SHORT = 8

function isAmong(names: readonly string[], name: string): boolean {
  if (names.length <= SHORT) return names.includes(name)
  const known = SETS.get(names)
  if (known) return known.has(name)
  const set = new Set(names)
  SETS.set(names, set)
  return set.has(name)
}

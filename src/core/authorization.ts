import { matchesAny } from './pattern-list.ts'
import { nameId } from './stream-name.ts'

/*
 * Authorization: what may be done, on what, by whom. Grants are plain data; `may` is a pure function that evaluates
 * them.
 */

/** All actions. What each role may do is in `access/permissions.ts`. */
export const ACTIONS = ['view', 'publish', 'command', 'acknowledge', 'edit_cameras', 'administer'] as const

/**
 * View a stream or an event, publish a stream, send commands, acknowledge warnings, edit cameras, administer all else.
 */
export type Action = (typeof ACTIONS)[number]

/** What an action applies to: a stream (label and key), a whole label, or something that belongs to no label. */
export interface Target {
  readonly label?: string | undefined
  readonly key?: string | undefined
}

/**
 * Where a grant applies. Plain data, so that a store can use it in a query. Only `all` covers what belongs to no label.
 */
export type Scope =
  | { readonly kind: 'all' }
  /** Names, in any spelling of theirs (`nameId`). */
  | { readonly kind: 'labels'; readonly labels: readonly string[] }
  /** Label patterns (`*` and `?` are wildcards). */
  | { readonly kind: 'patterns'; readonly patterns: readonly string[] }
  /** Streams or, without a key, whole labels. */
  | { readonly kind: 'streams'; readonly streams: readonly StreamScope[] }

/** A stream or, without a key, all streams of a label. */
export interface StreamScope {
  readonly label: string
  readonly key?: string | undefined
}

/** Allows some actions within a scope. */
export interface Grant {
  readonly actions: readonly Action[]
  readonly scope: Scope
}

/** A holder may do whatever any of its grants allows. */
export interface GrantHolder {
  readonly grants: readonly Grant[]
}

/** All labels, and what belongs to no label. */
export const ALL: Scope = { kind: 'all' }

/** Whether the action is allowed on exactly this target. */
export function may({ grants }: GrantHolder, action: Action, target: Target): boolean {
  for (const { actions, scope } of grants) if (actions.includes(action) && covers(scope, target)) return true
  return false
}

/** Whether the action is allowed on anything at all or, with a label, on anything of that label. */
export function mayAny({ grants }: GrantHolder, action: Action, label?: string): boolean {
  for (const { actions, scope } of grants)
    if (actions.includes(action) && (label === undefined || reaches(scope, label))) return true
  return false
}

/** The scopes in which the action is allowed. */
export function scopesFor({ grants }: GrantHolder, action: Action): readonly Scope[] {
  return grants.filter(({ actions }) => actions.includes(action)).map(({ scope }) => scope)
}

/** Whether the target lies within the scope. */
export function covers(scope: Scope, { label, key }: Target): boolean {
  if (scope.kind === 'all') return true
  if (label === undefined) return false
  if (scope.kind !== 'streams') return reaches(scope, label)
  const keys = keysOf(scope.streams, label)
  return keys === ALL_KEYS || (key !== undefined && keys.has(nameId(key)))
}

/** Whether anything of the label lies within the scope. */
function reaches(scope: Scope, label: string): boolean {
  switch (scope.kind) {
    case 'all':
      return true
    case 'labels':
      return isAmong(scope.labels, label)
    case 'patterns':
      return matchesAny(scope.patterns, label)
    case 'streams':
      return keysOf(scope.streams, label) !== NO_KEYS
  }
}

/**
 * Sets of the ids of names, for fast lookup: it happens for each viewer, stream and event, and there may be hundreds of
 * names.
 */
const SETS = new WeakMap<readonly string[], ReadonlySet<string>>()

/** Up to so many names an array is searched faster, where it has the name in the same spelling. */
const MAX_LINEAR_SEARCH = 8

function isAmong(names: readonly string[], name: string): boolean {
  if (names.length <= MAX_LINEAR_SEARCH && names.includes(name)) return true
  let ids = SETS.get(names)
  if (!ids) {
    ids = new Set(names.map(nameId))
    SETS.set(names, ids)
  }
  return ids.has(nameId(name))
}

/** What a list of streams covers, by label: made once, since a share link may have a hundred and meets each stream. */
const KEYS = new WeakMap<readonly StreamScope[], ReadonlyMap<string, Keys>>()

type Keys = ReadonlySet<string> | typeof ALL_KEYS

/** A whole label. */
const ALL_KEYS = 'all'
const NO_KEYS: ReadonlySet<string> = new Set()

function keysOf(streams: readonly StreamScope[], label: string): Keys {
  let labels = KEYS.get(streams)
  if (!labels) {
    labels = keysByLabel(streams)
    KEYS.set(streams, labels)
  }
  return labels.get(nameId(label)) ?? NO_KEYS
}

function keysByLabel(streams: readonly StreamScope[]): Map<string, Keys> {
  const labels = new Map<string, Set<string> | typeof ALL_KEYS>()
  for (const stream of streams) {
    const label = nameId(stream.label)
    const known = labels.get(label) ?? new Set()
    if (stream.key === undefined) labels.set(label, ALL_KEYS)
    else if (known !== ALL_KEYS) labels.set(label, known.add(nameId(stream.key)))
  }
  return labels
}

import type { KeyScope } from '../../../src/core/account-store.ts'
import { type Fields, listIn, numberIn, oneIn, textIn, textsIn } from '../../access/json-fields.ts'
import { request } from '../admin-request.ts'

/** The scopes of keys, from the least privileged. */
export const SCOPES = ['publish', 'view', 'admin'] as const satisfies readonly KeyScope[]

/** An API key for a machine. Times are ms since 1970. */
export interface MachineKey {
  readonly id: string
  readonly name: string
  readonly scope: KeyScope
  /** The label patterns it is limited to, with `*` and `?`. */
  readonly patterns: readonly string[]
  readonly createdAt: number
  readonly createdBy: string
  /** Undefined: never. */
  readonly expiresAt: number | undefined
  readonly lastUsedAt: number | undefined
}

/** The fields of a new key. */
export type NewKey = Pick<MachineKey, 'name' | 'scope' | 'patterns' | 'expiresAt'>

/** A created key, with its secret, which is returned only once. */
export interface CreatedKey extends MachineKey {
  /** The key itself, to be sent as a bearer token. */
  readonly secret: string
}

/** Loads all keys, newest first. @throws HttpProblem */
export async function loadKeys(signal: AbortSignal): Promise<MachineKey[]> {
  return listIn(await request('GET', '/keys', undefined, signal), 'keys')
    .map(keyOf)
    .sort((one, other) => other.createdAt - one.createdAt)
}

/** @throws HttpProblem */
export async function createKey({ name, scope, patterns, expiresAt }: NewKey): Promise<CreatedKey> {
  const body = { name, scope, labels: patterns, ...(expiresAt !== undefined && { expires_at: expiresAt }) }
  const answer = await request('POST', '/keys', body)
  return { ...keyOf(answer), secret: textIn(answer, 'key') }
}

/** @throws HttpProblem */
export async function revokeKey(id: string): Promise<void> {
  await request('DELETE', `/keys/${encodeURIComponent(id)}`)
}

/** A key as the server describes it. */
export function keyOf(fields: Fields): MachineKey {
  return {
    id: textIn(fields, 'id'),
    name: textIn(fields, 'name'),
    scope: oneIn(fields, 'scope', SCOPES, 'view'),
    patterns: textsIn(fields, 'labels'),
    createdAt: numberIn(fields, 'created_at') ?? 0,
    createdBy: textIn(fields, 'created_by'),
    expiresAt: numberIn(fields, 'expires_at'),
    lastUsedAt: numberIn(fields, 'last_used_at'),
  }
}

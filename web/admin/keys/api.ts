import type { KeyScope } from '../../../src/core/account-store.ts'
import { type Fields, listIn, numberIn, oneIn, textIn, textsIn } from '../../access/json-fields.ts'
import { request } from '../admin-request.ts'

/** What a key may open, from the least. */
export const SCOPES = ['publish', 'view', 'admin'] as const satisfies readonly KeyScope[]

/** A key for a machine. Times are ms since 1970. */
export interface MachineKey {
  readonly id: string
  readonly name: string
  readonly scope: KeyScope
  /** Which labels it is good for, with `*` and `?`. */
  readonly patterns: readonly string[]
  readonly createdAt: number
  readonly createdBy: string
  /** Undefined: never. */
  readonly expiresAt: number | undefined
  readonly lastUsedAt: number | undefined
}

/** A key to be. */
export type NewKey = Pick<MachineKey, 'name' | 'scope' | 'patterns' | 'expiresAt'>

/** A key that was made, with what is told this once. */
export interface CreatedKey extends MachineKey {
  /** The key itself. */
  readonly secret: string
}

/** Reads all keys, the newest first. @throws HttpProblem */
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

function keyOf(fields: Fields): MachineKey {
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

import type { Selectable } from 'kysely'
import type {
  ApiKey,
  KeyScope,
  Role,
  Session,
  SharedStream,
  ShareLink,
  SigningKey,
  User,
} from '../../core/account-store.ts'
import type { AuditEntry, StoredAuditEntry } from '../../core/audit-store.ts'
import type { Int64, Tables } from './tables.ts'

/*
 * Mapping of table rows to the types in `core/`.
 */

/** Maps a user. @param labels in any order */
export function userOf(row: Selectable<Tables['users']>, labels: readonly string[]): User {
  return {
    id: row.id,
    username: row.username,
    passwordHash: row.password_hash,
    // Written by us only; a role of a later version that is not known here grants nothing (`access/permissions.ts`).
    role: row.role as Role,
    isActive: row.is_active !== 0,
    labels: labels.toSorted(),
    createdAt: Number(row.created_at),
    validFrom: Number(row.valid_from),
    renamedAt: optionalNumber(row.renamed_at),
    lastSeenAt: optionalNumber(row.last_seen_at),
  }
}

/** Maps a session. */
export function sessionOf(row: Selectable<Tables['sessions']>): Session {
  return {
    id: row.id,
    userId: row.user_id,
    cookieHash: row.cookie_hash ?? undefined,
    createdAt: Number(row.created_at),
    lastUsedAt: Number(row.last_used_at),
    expiresAt: Number(row.expires_at),
    address: row.address,
    agent: row.agent,
  }
}

/** Maps an API key. */
export function keyOf(row: Selectable<Tables['api_keys']>): ApiKey {
  const labels: string[] = JSON.parse(row.labels)
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    scope: row.scope as KeyScope,
    labels,
    createdAt: Number(row.created_at),
    createdBy: row.created_by,
    ownerId: row.owner_id ?? undefined,
    expiresAt: optionalNumber(row.expires_at),
    lastUsedAt: optionalNumber(row.last_used_at),
  }
}

/** Maps a share link. */
export function linkOf(row: Selectable<Tables['share_links']>): ShareLink {
  const streams: SharedStream[] = JSON.parse(row.streams)
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    streams,
    showsMetadata: row.shows_metadata !== 0,
    createdAt: Number(row.created_at),
    createdBy: row.created_by,
    ownerId: row.owner_id ?? undefined,
    expiresAt: Number(row.expires_at),
    lastUsedAt: optionalNumber(row.last_used_at),
  }
}

/** Maps a signing key. */
export function signingKeyOf({ id, secret, created_at }: Selectable<Tables['signing_keys']>): SigningKey {
  return { id, secret, createdAt: Number(created_at) }
}

/** Maps an entry of the audit trail. */
export function auditEntryOf({ id, at, outcome, ...row }: Selectable<Tables['audit']>): StoredAuditEntry {
  return { ...row, id: Number(id), at: Number(at), outcome: outcome as AuditEntry['outcome'] }
}

function optionalNumber(value: Int64 | null): number | undefined {
  return value === null ? undefined : Number(value)
}

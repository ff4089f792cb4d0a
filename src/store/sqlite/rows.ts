import type { Selectable } from 'kysely'
import type { ApiKey, KeyScope, Role, Session, SharedStream, ShareLink, User } from '../../core/accounts.ts'
import type { Tables } from './tables.ts'

/*
 * What rows of the tables mean.
 */

/** A user. @param labels in any order */
export function userOf(row: Selectable<Tables['users']>, labels: readonly string[]): User {
  return {
    id: row.id,
    username: row.username,
    passwordHash: row.password_hash,
    // Written by us alone; one of a later version that is not known here may do nothing (`access/permissions.ts`).
    role: row.role as Role,
    isActive: row.is_active !== 0,
    labels: labels.toSorted(),
    createdAt: row.created_at,
    validFrom: row.valid_from,
    lastSeenAt: row.last_seen_at ?? undefined,
  }
}

/** A sign-in. */
export function sessionOf(row: Selectable<Tables['sessions']>): Session {
  return {
    id: row.id,
    userId: row.user_id,
    cookieHash: row.cookie_hash ?? undefined,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    address: row.address,
    agent: row.agent,
  }
}

/** A key for a machine. */
export function keyOf(row: Selectable<Tables['api_keys']>): ApiKey {
  const labels: string[] = JSON.parse(row.labels)
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    scope: row.scope as KeyScope,
    labels,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  }
}

/** A share link. */
export function linkOf(row: Selectable<Tables['share_links']>): ShareLink {
  const streams: SharedStream[] = JSON.parse(row.streams)
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    streams,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at ?? undefined,
  }
}

import { type Clock, every } from '../core/clock.ts'
import type { Principal } from '../core/principal.ts'
import type { AccountCache } from './account-cache.ts'
import type { ActivePrincipals } from './active-principals.ts'
import { credentialOfKey, credentialOfLink, credentialOfSession } from './credential-ids.ts'

/** What `noteConnectedUse` needs. */
export interface ConnectedUseParts {
  readonly cache: AccountCache
  readonly principals: ActivePrincipals
  readonly clock: Clock
  /** How long a session lives without being used, ms. */
  readonly sessionLife: number
}

/**
 * Counts an open connection as use of the session, key or link that it was opened with, once an hour, or more often where
 * sessions live for a few hours only: a wall that is watched makes no request for months.
 * @param connected whoever has connections open
 * @returns stops it
 */
export function noteConnectedUse(
  { cache, principals, clock, sessionLife }: ConnectedUseParts,
  connected: () => ReadonlySet<Principal>,
): () => void {
  return every(clock, Math.min(HOUR_MS, sessionLife / 4), () => {
    const now = connected()
    const isConnected = (credential: string) => {
      const principal = principals.get(credential)
      return principal !== undefined && now.has(principal)
    }
    for (const session of cache.sessions) if (isConnected(credentialOfSession(session.id))) cache.touchSession(session)
    for (const key of cache.keys) if (isConnected(credentialOfKey(key.id))) cache.touchKey(key)
    for (const link of cache.links) if (isConnected(credentialOfLink(link.id))) cache.touchLink(link)
  })
}

const HOUR_MS = 3_600_000

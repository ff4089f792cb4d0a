import type { AccountStore, ApiKey, KeyScope } from '../core/account-store.ts'
import { type Clock, DAY_MS } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import { checkName } from '../core/stream-name.ts'
import type { AccountCache } from './account-cache.ts'
import type { AccountChanges } from './account-changes.ts'
import { type Actor, checkAdministers } from './actor.ts'
import type { AuditTrail } from './audit-trail.ts'
import { ownerOf } from './owner.ts'
import { digestOf, randomText } from './secrets.ts'

/** The prefix of API keys, by which people and secret scanners recognize them. */
export const KEY_PREFIX = 'bvk_'

/** An API key to be created. */
export interface NewApiKey {
  readonly name: string
  readonly scope: KeyScope
  /** Label patterns (`*` and `?` are wildcards). */
  readonly labels: readonly string[]
  /** ms since 1970; undefined: never. */
  readonly expiresAt: number | undefined
}

/** What `ApiKeys` and `ShareLinks` need. */
export interface KeysAndLinksParts {
  readonly store: AccountStore
  readonly cache: AccountCache
  readonly changes: AccountChanges
  readonly audit: AuditTrail
  readonly clock: Clock
}

/** Manages API keys: shown once, stored as hashes. */
export class ApiKeys {
  readonly #parts: KeysAndLinksParts

  constructor(parts: KeysAndLinksParts) {
    this.#parts = parts
  }

  /** All keys, also expired ones. */
  get all(): readonly ApiKey[] {
    return this.#parts.cache.keys
  }

  /** The keys that a user has made and that have not expired. */
  of(userId: number): readonly ApiKey[] {
    const now = this.#parts.clock.now()
    return this.all.filter((key) => key.ownerId === userId && (key.expiresAt === undefined || key.expiresAt > now))
  }

  /**
   * Creates a key.
   * @returns it with its secret, which is not stored
   * @throws Refusal `invalid`; `exhausted` when there are too many keys; `forbidden`, `unauthenticated`
   */
  async add(actor: Actor, wanted: NewApiKey): Promise<{ readonly key: ApiKey; readonly secret: string }> {
    const { store, cache, changes, audit, clock } = this.#parts
    const now = clock.now()
    const labels = wanted.labels.map((label) => checkName('labels', label))
    if (labels.length === 0 || labels.length > MAX_PATTERNS)
      throw new Refusal('invalid', `labels: 1 to ${MAX_PATTERNS} patterns are required; "*" is all labels`)
    if (wanted.scope === 'admin' && !labels.includes('*'))
      throw new Refusal('invalid', 'labels: a key of the scope admin is for all labels, ["*"]')
    checkExpiry(wanted.expiresAt, now)
    const secret = `${KEY_PREFIX}${randomText(32)}`
    const key: ApiKey = {
      id: randomText(9),
      name: checkName('name', wanted.name),
      hash: digestOf(secret),
      scope: wanted.scope,
      labels,
      createdAt: now,
      createdBy: actor.who,
      ownerId: ownerOf(actor.principal, cache),
      expiresAt: wanted.expiresAt,
      lastUsedAt: undefined,
    }
    const check = () => {
      checkAdministers(actor)
      if (this.all.length >= MAX_KEYS) throw new Refusal('exhausted', `There are ${MAX_KEYS} keys, which is the limit.`)
    }
    await changes.grant(check, (check) => store.addKey(key, check))
    audit.note(actor, { action: 'key.add', target: key.name, detail: `${key.scope} on ${labels.join(', ')}` })
    return { key, secret }
  }

  /**
   * Revokes a key and closes everything opened with it.
   * @throws Refusal `not_found`; `not_stored` when it is in force only; `forbidden`, `unauthenticated`
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    checkAdministers(actor)
    const key = this.all.find((each) => each.id === id)
    if (!key) throw new Refusal('not_found', 'There is no such key.')
    const actions = [{ action: 'key.revoke', target: key.name }]
    await this.#parts.changes.revoke([{ kind: 'key', id }], { actor, actions })
  }
}

/**
 * Checks an expiry time, ms since 1970.
 * @throws Refusal `invalid` for one in the past, or so far off that it must be a mistake
 */
export function checkExpiry(expiresAt: number | undefined, now: number): void {
  if (expiresAt === undefined) return
  if (!Number.isInteger(expiresAt) || expiresAt <= now || expiresAt > now + MAX_LIFE_MS)
    throw new Refusal('invalid', 'expires_at: must be a time to come, within ten years: whole ms since 1970')
}

const MAX_KEYS = 1000
const MAX_PATTERNS = 100
const MAX_LIFE_MS = 10 * 366 * DAY_MS

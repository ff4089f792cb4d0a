import { type Kysely, sql, type Transaction } from 'kysely'
import type {
  AccountState,
  AccountStore,
  ApiKey,
  LastUse,
  NewUser,
  RefreshOutcome,
  Revocation,
  Session,
  ShareLink,
  SigningKey,
  User,
  UserChange,
} from '../../core/account-store.ts'
import { codeUnitOrder } from '../../core/name-order.ts'
import { isSameName } from '../../core/stream-name.ts'
import type { Database } from './database.ts'
import { keyOf, linkOf, sessionOf, signingKeyOf, userOf } from './row-mapping.ts'
import type { Tables } from './tables.ts'

/** Accounts in a SQL database. */
export class SqlAccountStore implements AccountStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async load(): Promise<AccountState> {
    // A consistent snapshot: in PostgreSQL a change could otherwise come between the queries.
    const transaction = this.#queries.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
    return transaction.execute(async (queries) => {
      const labels = Map.groupBy(await queries.selectFrom('user_labels').selectAll().execute(), (row) => row.user_id)
      const users = await queries.selectFrom('users').selectAll().execute()
      const sessions = await queries.selectFrom('sessions').selectAll().orderBy('created_at').execute()
      const keys = await queries.selectFrom('api_keys').selectAll().orderBy('created_at').execute()
      const links = await queries.selectFrom('share_links').selectAll().orderBy('created_at').execute()
      const signing = await queries.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').execute()
      const revoked = await queries.selectFrom('revoked_tokens').selectAll().execute()
      return {
        users: users
          .map((row) => userOf(row, labels.get(row.id)?.map(({ label }) => label) ?? []))
          .sort((a, b) => codeUnitOrder(a.username, b.username)),
        sessions: sessions.map(sessionOf),
        keys: keys.map(keyOf),
        links: links.map(linkOf),
        signingKeys: signing.map(signingKeyOf),
        revokedTokens: revoked.map(({ id, expires_at }) => ({ id, expiresAt: Number(expires_at) })),
      }
    })
  }

  async addUser(user: NewUser, check: () => void): Promise<User | undefined> {
    return this.#write(check, async (queries) => {
      if (await isTaken(queries, user.username)) return undefined
      const row = await queries
        .insertInto('users')
        .values({
          username: user.username,
          password_hash: user.passwordHash,
          role: user.role,
          is_active: Number(user.isActive),
          created_at: user.createdAt,
          valid_from: user.validFrom,
          last_seen_at: null,
        })
        .onConflict((conflict) => conflict.column('username').doNothing())
        .returning('id')
        .executeTakeFirst()
      if (!row) return undefined
      await setLabels(queries, row.id, user.labels)
      return { ...user, id: row.id, renamedAt: undefined, lastSeenAt: undefined }
    })
  }

  async changeUser(id: number, change: UserChange, check: () => void): Promise<boolean> {
    return this.#write(check, async (queries) => {
      const { username } = change
      if (username !== undefined && (await isTaken(queries, username, id))) return false
      await setFields(queries, id, change)
      return true
    })
  }

  async revoke(revocations: readonly Revocation[]): Promise<boolean> {
    try {
      await this.#queries.transaction().execute(async (queries) => {
        // First, so that of two processes that take an admin away the second waits for the first and sees the result.
        const mayLoseAdmin = revocations.some(concernsAdmins)
        if (mayLoseAdmin) await lockAdmins(queries)
        const isManaged = mayLoseAdmin && (await hasActiveAdmin(queries))
        for (const revocation of revocations) await takeAway(queries, revocation)
        if (isManaged && !(await hasActiveAdmin(queries))) throw new NoAdminLeft()
      })
      return true
    } catch (error) {
      if (error instanceof NoAdminLeft) return false
      throw error
    }
  }

  async addSession(session: Session, refreshId?: string): Promise<void> {
    await this.#queries.transaction().execute(async (queries) => {
      await queries
        .insertInto('sessions')
        .values({
          id: session.id,
          user_id: session.userId,
          cookie_hash: session.cookieHash ?? null,
          created_at: session.createdAt,
          last_used_at: session.lastUsedAt,
          expires_at: session.expiresAt,
          address: session.address,
          agent: session.agent,
        })
        .execute()
      if (refreshId !== undefined)
        await queries
          .insertInto('refresh_tokens')
          .values({ id: refreshId, session_id: session.id, expires_at: session.expiresAt, spent_at: null })
          .execute()
      await noteSeen(queries, session)
    })
  }

  async sessionOfRefresh(refreshId: string): Promise<string | undefined> {
    const row = await this.#queries
      .selectFrom('refresh_tokens')
      .select('session_id')
      .where('id', '=', refreshId)
      .executeTakeFirst()
    return row?.session_id
  }

  async replaceRefresh(
    sessionId: string,
    refreshId: string,
    next: { readonly id: string; readonly expiresAt: number },
  ): Promise<RefreshOutcome> {
    return this.#queries.transaction().execute(async (queries) => {
      const { numUpdatedRows } = await queries
        .updateTable('refresh_tokens')
        .set({ id: next.id, expires_at: next.expiresAt })
        .where('id', '=', refreshId)
        .where('session_id', '=', sessionId)
        .where('spent_at', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) {
        const session = await queries.selectFrom('sessions').select('id').where('id', '=', sessionId).executeTakeFirst()
        return session ? 'reused' : 'unknown'
      }
      await queries.updateTable('sessions').set({ expires_at: next.expiresAt }).where('id', '=', sessionId).execute()
      return 'replaced'
    })
  }

  async addKey(key: ApiKey, check: () => void): Promise<void> {
    const { createdAt, createdBy, ownerId, expiresAt, lastUsedAt, labels, ...same } = key
    await this.#write(check, async (queries) => {
      await queries
        .insertInto('api_keys')
        .values({
          ...same,
          labels: JSON.stringify(labels),
          created_at: createdAt,
          created_by: createdBy,
          owner_id: ownerId ?? null,
          expires_at: expiresAt ?? null,
          last_used_at: lastUsedAt ?? null,
        })
        .execute()
    })
  }

  async addLink(link: ShareLink, check: () => void): Promise<void> {
    const { createdAt, createdBy, ownerId, expiresAt, lastUsedAt, streams, showsMetadata, ...same } = link
    await this.#write(check, async (queries) => {
      await queries
        .insertInto('share_links')
        .values({
          ...same,
          streams: JSON.stringify(streams),
          shows_metadata: showsMetadata ? 1 : 0,
          created_at: createdAt,
          created_by: createdBy,
          owner_id: ownerId ?? null,
          expires_at: expiresAt,
          last_used_at: lastUsedAt ?? null,
        })
        .execute()
    })
  }

  async addSigningKey({ id, secret, createdAt }: SigningKey, check: () => void): Promise<void> {
    await this.#write(check, async (queries) => {
      await queries.insertInto('signing_keys').values({ id, secret, created_at: createdAt }).execute()
    })
  }

  async addFirstSigningKey({ id, secret, createdAt }: SigningKey): Promise<void> {
    const row = this.#queries
      .selectNoFrom(({ val }) => [val(id).as('id'), val(secret).as('secret'), val(createdAt).as('created_at')])
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('signing_keys').select('id'))))
    // One statement, so that no other comes in between.
    await this.#queries.insertInto('signing_keys').columns(['id', 'secret', 'created_at']).expression(row).execute()
  }

  async noteUse({ sessions, keys, links }: LastUse): Promise<void> {
    await this.#queries.transaction().execute(async (queries) => {
      for (const session of sessions) {
        await queries
          .updateTable('sessions')
          .set({ last_used_at: session.lastUsedAt, expires_at: session.expiresAt })
          .where('id', '=', session.id)
          .execute()
        await noteSeen(queries, session)
      }
      for (const { id, lastUsedAt = null } of keys)
        await queries.updateTable('api_keys').set({ last_used_at: lastUsedAt }).where('id', '=', id).execute()
      for (const { id, lastUsedAt = null } of links)
        await queries.updateTable('share_links').set({ last_used_at: lastUsedAt }).where('id', '=', id).execute()
    })
  }

  async purge(before: { tokens: number; links: number; signingKeys: number }): Promise<void> {
    await this.#queries.transaction().execute(async (queries) => {
      await queries.deleteFrom('sessions').where('expires_at', '<', before.tokens).execute()
      await queries.deleteFrom('refresh_tokens').where('expires_at', '<', before.tokens).execute()
      await queries.deleteFrom('revoked_tokens').where('expires_at', '<', before.tokens).execute()
      await queries.deleteFrom('share_links').where('expires_at', '<', before.links).execute()
      // A key is needed until the last token that it signed has expired: until its successor is that old.
      const newest = await queries
        .selectFrom('signing_keys')
        .select('created_at')
        .where('created_at', '<', before.signingKeys)
        .orderBy('created_at', 'desc')
        .executeTakeFirst()
      if (newest) await queries.deleteFrom('signing_keys').where('created_at', '<', newest.created_at).execute()
    })
  }

  async preferences(userId: number): Promise<string | undefined> {
    const row = await this.#queries
      .selectFrom('preferences')
      .select('json')
      .where('user_id', '=', userId)
      .executeTakeFirst()
    return row?.json
  }

  async setPreferences(userId: number, json: string, check: () => void): Promise<void> {
    await this.#write(check, async (queries) => {
      await queries
        .insertInto('preferences')
        .values({ user_id: userId, json })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ json }))
        .execute()
    })
  }

  /** Writes in one transaction, once it has the lock and the check has passed. */
  #write<Result>(check: () => void, write: (queries: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.#queries.transaction().execute(async (queries) => {
      check()
      return write(queries)
    })
  }

  get #queries(): Kysely<Tables> {
    return this.#database.queries
  }
}

/** Ends a transaction, which is rolled back by it. */
class NoAdminLeft extends Error {}

/** Whether an admin may be lost by it. */
function concernsAdmins(revocation: Revocation): boolean {
  if (revocation.kind === 'user_removed') return true
  if (revocation.kind !== 'user_changed') return false
  return revocation.change.role !== undefined || revocation.change.isActive !== undefined
}

/** Locks the rows of all admins; in SQLite, which has no locks of rows, the database. */
async function lockAdmins(queries: Transaction<Tables>): Promise<void> {
  await queries
    .updateTable('users')
    .set(({ ref }) => ({ role: ref('role') }))
    .where('role', '=', 'admin')
    .execute()
}

async function hasActiveAdmin(queries: Transaction<Tables>): Promise<boolean> {
  const active = queries.selectFrom('users').select('id').where('role', '=', 'admin').where('is_active', '=', 1)
  return (await active.limit(1).executeTakeFirst()) !== undefined
}

async function takeAway(queries: Transaction<Tables>, revocation: Revocation): Promise<void> {
  switch (revocation.kind) {
    case 'user_changed':
      return setFields(queries, revocation.userId, revocation.change)
    case 'user_removed':
      await queries.deleteFrom('users').where('id', '=', revocation.userId).execute()
      return
    case 'credentials':
      await queries.deleteFrom('api_keys').where('owner_id', '=', revocation.ownerId).execute()
      await queries.deleteFrom('share_links').where('owner_id', '=', revocation.ownerId).execute()
      return
    case 'key':
      await queries.deleteFrom('api_keys').where('id', '=', revocation.id).execute()
      return
    case 'link':
      await queries.deleteFrom('share_links').where('id', '=', revocation.id).execute()
      return
    case 'sessions':
      if (revocation.ids.length > 0) await queries.deleteFrom('sessions').where('id', 'in', revocation.ids).execute()
      return
    case 'token':
      await queries
        .insertInto('revoked_tokens')
        .values({ id: revocation.id, expires_at: revocation.expiresAt })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
  }
}

async function setFields(queries: Transaction<Tables>, id: number, change: UserChange): Promise<void> {
  await queries
    .updateTable('users')
    // The row is updated even when only labels change, so that it is locked: otherwise concurrent changes of labels
    // would be combined.
    .set(({ ref }) => ({
      role: change.role ?? ref('role'),
      ...(change.username !== undefined && { username: change.username }),
      ...(change.renamedAt !== undefined && { renamed_at: change.renamedAt }),
      ...(change.passwordHash !== undefined && { password_hash: change.passwordHash }),
      ...(change.isActive !== undefined && { is_active: Number(change.isActive) }),
      ...(change.validFrom !== undefined && { valid_from: change.validFrom }),
    }))
    .where('id', '=', id)
    .execute()
  if (change.labels !== undefined) await setLabels(queries, id, change.labels)
}

/** Whether somebody has that name, or one that looks the same (`nameId`). @param ownerId whose it may be */
async function isTaken(queries: Transaction<Tables>, username: string, ownerId?: number): Promise<boolean> {
  const users = await queries.selectFrom('users').select(['id', 'username']).execute()
  return users.some((user) => user.id !== ownerId && isSameName(user.username, username))
}

async function setLabels(queries: Transaction<Tables>, userId: number, labels: readonly string[]): Promise<void> {
  await queries.deleteFrom('user_labels').where('user_id', '=', userId).execute()
  const rows = labels.map((label) => ({ user_id: userId, label }))
  if (rows.length > 0) await queries.insertInto('user_labels').values(rows).execute()
}

async function noteSeen(
  queries: Transaction<Tables>,
  { userId, lastUsedAt }: Pick<Session, 'userId' | 'lastUsedAt'>,
): Promise<void> {
  const isOlder = sql<boolean>`coalesce(last_seen_at, 0) < ${lastUsedAt}`
  await queries.updateTable('users').set({ last_seen_at: lastUsedAt }).where('id', '=', userId).where(isOlder).execute()
}

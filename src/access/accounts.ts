import type { AccountStore, SigningKey } from '../core/account-store.ts'
import type { AuditStore } from '../core/audit-store.ts'
import type { ChangeFeed } from '../core/change-feed.ts'
import type { Clock } from '../core/clock.ts'
import { type Counters, NO_COUNTERS } from '../core/counters.ts'
import { Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Principal } from '../core/principal.ts'
import type { QuotaRules } from '../core/quota.ts'
import { Retention } from '../core/retention.ts'
import type { SharedUse } from '../core/shared-use.ts'
import { AccountCache } from './account-cache.ts'
import { AccountChanges } from './account-changes.ts'
import { AccountWriteLimit } from './account-write-limit.ts'
import { ActivePrincipals } from './active-principals.ts'
import { type Actor, checkAdministers, systemActor } from './actor.ts'
import { ApiKeys } from './api-keys.ts'
import { type AuditRules, AuditTrail } from './audit-trail.ts'
import { Authenticator, type AuthenticatorRules } from './authenticator.ts'
import { noteConnectedUse } from './connected-use.ts'
import { purgeExpired } from './expiry.ts'
import type { InstanceCookie } from './instance-cookie.ts'
import { LoginThrottle, type LoginThrottleRules } from './login-throttle.ts'
import { type PasswordCost, PasswordHasher } from './password-hasher.ts'
import { digestOf, randomText } from './secrets.ts'
import type { SessionCookie } from './session-cookie.ts'
import { Sessions } from './sessions.ts'
import { ShareLinks } from './share-links.ts'
import { type TokenRules, Tokens } from './tokens.ts'
import { Users } from './users.ts'

/** What the accounts module needs. */
export interface AccountsParts {
  readonly store: AccountStore
  readonly auditStore: AuditStore
  /** Changes that others make in the store. */
  readonly changes: ChangeFeed
  readonly clock: Clock
  readonly log: Log
  /** Default: nothing is counted. */
  readonly counters?: Pick<Counters, 'limited'> | undefined
  /** Defaults to the cost for production. */
  readonly passwordCost?: PasswordCost | undefined
  /** See `AccountChangesParts`; default: false. */
  readonly isOffline?: boolean | undefined
  /** Wrong passwords at other servers of the installation, which count here too. */
  readonly sharedGuesses?: SharedUse | undefined
  readonly sessionCookie: SessionCookie
  readonly guestCookie: InstanceCookie
  readonly rules: AccountsRules
}

/** Settings of accounts; times in ms. */
export interface AccountsRules {
  readonly authenticator: AuthenticatorRules
  readonly tokens: TokenRules
  readonly throttle: LoginThrottleRules
  /** How many passwords may wait to be hashed. */
  readonly hashing: QuotaRules
  readonly refreshesPerMinute: number
  readonly accountWritesPerMinute: number
  /** The labels of users who are added without a word about theirs. */
  readonly defaultLabels: readonly string[]
  /** The secret that tokens are signed with; undefined: one from the store, generated if there is none. */
  readonly secret: string | undefined
  /** Former secrets, whose tokens are still accepted. */
  readonly previousSecrets: readonly string[]
  readonly audit: AuditRules
}

/** Authentication, authorization and everything they are managed with. */
export interface Accounts {
  readonly authenticator: Authenticator
  readonly sessionCookie: SessionCookie
  /** Of whoever has opened a share link. */
  readonly guestCookie: InstanceCookie
  readonly users: Users
  readonly sessions: Sessions
  readonly keys: ApiKeys
  readonly links: ShareLinks
  readonly audit: AuditTrail
  readonly store: AccountStore
  readonly writeLimit: AccountWriteLimit
  /** Why what was taken away cannot be stored, as a sentence for the operator; undefined unless that is so. */
  readonly problem: string | undefined
  /** Signs tokens with a new secret from now on; tokens signed with earlier ones stay valid. */
  rotateSecret(actor: Actor): Promise<void>
  /** Counts open connections as use from now on. @param connected whoever has connections open */
  noteUseBy(connected: () => ReadonlySet<Principal>): void
  /** Refuses attempts to sign in that are waiting, so that a shutdown does not wait for them. */
  stopWaiting(): void
  /** Stops, and writes what is pending. */
  close(): Promise<void>
}

/** Loads the accounts. @throws the store's error when they cannot be read */
export async function openAccounts(parts: AccountsParts): Promise<Accounts> {
  const { store, auditStore, changes: feed, clock, log, counters = NO_COUNTERS, passwordCost, rules } = parts
  const { isOffline = false, sessionCookie, guestCookie } = parts
  const cookies = { sessionCookie, guestCookie }
  const principals = new ActivePrincipals(clock)
  const sessionLife = rules.tokens.refreshLife
  const cache = new AccountCache({ store, changes: feed, clock, log, principals, sessionLife })
  await cache.open()
  // Before anything is stored with the time of this run.
  const retention = new Retention(clock, await newestTime(cache, auditStore))
  const configured = [rules.secret, ...rules.previousSecrets].flatMap((secret) =>
    secret === undefined ? [] : [signingKey(secret, 0)],
  )
  const generatedKey = () => signingKey(randomText(48), clock.now())
  if (rules.secret === undefined && cache.signingKeys.length === 0) {
    await store.addFirstSigningKey(generatedKey())
    await cache.reload()
  }
  const signingKeys = () =>
    rules.secret === undefined ? [...cache.signingKeys, ...configured] : [...configured, ...cache.signingKeys]

  const passwords = new PasswordHasher(rules.hashing, passwordCost)
  const tokens = new Tokens(rules.tokens, clock, signingKeys)
  const audit = new AuditTrail({ store: auditStore, clock, log, counters, retention, rules: rules.audit })
  const stopPurging = retention.hourly((now) => {
    purgeExpired(store, now, sessionLife)
      .then(() => cache.reload())
      .catch((error) => log.error({ err: error }, 'what has expired could not be deleted'))
  })
  let stopNoting = () => {}
  const changes = new AccountChanges({ store, cache, audit, isOffline })
  const grants = { store, cache, changes, audit, clock }
  const throttle = new LoginThrottle(rules.throttle, clock, counters, parts.sharedGuesses)
  for (const { userId, address } of cache.sessions) throttle.addHome(userId, address)
  const { refreshesPerMinute } = rules
  const writeLimit = new AccountWriteLimit(rules.accountWritesPerMinute, clock)
  return {
    authenticator: new Authenticator({ rules: rules.authenticator, ...cookies, cache, principals, tokens, clock }),
    ...cookies,
    users: new Users({ ...grants, passwords, defaultLabels: rules.defaultLabels }),
    sessions: new Sessions({
      ...grants,
      passwords,
      tokens,
      throttle,
      life: sessionLife,
      refreshesPerMinute,
      writeLimit,
    }),
    keys: new ApiKeys(grants),
    links: new ShareLinks(grants),
    audit,
    store,
    writeLimit,
    get problem() {
      return cache.problem
    },
    async rotateSecret(actor) {
      await changes.grant(
        () => checkAdministers(actor),
        (check) => store.addSigningKey(generatedKey(), check),
      )
      audit.note(actor, { action: 'token.rotate' })
    },
    noteUseBy(connected) {
      stopNoting = noteConnectedUse({ cache, principals, clock, sessionLife }, connected)
    },
    stopWaiting: () => throttle.close(),
    async close() {
      stopPurging()
      stopNoting()
      principals.close()
      await audit.close()
      await cache.close()
    },
  }
}

/** The newest time that is stored: of the audit trail, and of when people were last seen. ms since 1970. */
async function newestTime(cache: AccountCache, auditStore: AuditStore): Promise<number | undefined> {
  const [newest] = await auditStore.entries({ limit: 1 })
  const seen = cache.users.flatMap(({ lastSeenAt }) => lastSeenAt ?? [])
  return [...(newest ? [newest.at] : []), ...seen].reduce<number | undefined>(later, undefined)
}

function later(one: number | undefined, other: number): number {
  return one === undefined ? other : Math.max(one, other)
}

/** The account that was created at the first start. */
export interface FirstUser {
  readonly username: string
  /** Its password if it was generated: to be shown to the operator, since only its hash is stored. */
  readonly generatedPassword: string | undefined
}

/** Name of the first account, an admin who can create others. */
const FIRST_USER = 'admin'

/**
 * Creates the first account, unless there are accounts already.
 * @param password chosen by the operator; generated if undefined
 * @returns undefined if there were accounts already
 */
export async function addFirstUser(users: Users, password: string | undefined): Promise<FirstUser | undefined> {
  if (users.all.length > 0) return undefined
  const chosen = password ?? randomText(12)
  try {
    await users.add(systemActor('first start'), { username: FIRST_USER, password: chosen, role: 'admin', labels: [] })
  } catch (error) {
    // Another server with the same data folder was faster.
    if (error instanceof Refusal && error.code === 'taken') return undefined
    throw error
  }
  return { username: FIRST_USER, generatedPassword: password === undefined ? chosen : undefined }
}

/** Its id is derived from the secret (by a hash), so it is the same at each start and on each server. */
function signingKey(secret: string, createdAt: number): SigningKey {
  return { id: digestOf(`kid ${secret}`).slice(0, 12), secret, createdAt }
}

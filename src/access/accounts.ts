import type { AccountStore, SigningKey } from '../core/account-store.ts'
import type { AuditStore } from '../core/audit-store.ts'
import type { ChangeFeed } from '../core/change-feed.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { AccountCache } from './account-cache.ts'
import { ActivePrincipals } from './active-principals.ts'
import { ApiKeys } from './api-keys.ts'
import { type AuditActor, AuditTrail } from './audit-trail.ts'
import { Authenticator, type AuthenticatorRules } from './authenticator.ts'
import { LoginThrottle, type LoginThrottleRules } from './login-throttle.ts'
import { type PasswordCost, PasswordHasher } from './password-hasher.ts'
import { digestOf, randomText } from './secrets.ts'
import { Sessions } from './sessions.ts'
import { ShareLinks } from './share-links.ts'
import { type TokenRules, Tokens } from './tokens.ts'
import { Users } from './users.ts'

/** What accounts are made of. */
export interface AccountsParts {
  readonly store: AccountStore
  readonly auditStore: AuditStore
  /** What others change in the store. */
  readonly changes: ChangeFeed
  readonly clock: Clock
  readonly log: Log
  /** That of production, if not given. */
  readonly passwordCost?: PasswordCost | undefined
  readonly rules: AccountsRules
}

/** Settings of accounts; times in ms. */
export interface AccountsRules {
  readonly authenticator: AuthenticatorRules
  readonly tokens: TokenRules
  readonly throttle: LoginThrottleRules
  /** What tokens are signed with; undefined: a secret of the store's, made if there is none. */
  readonly secret: string | undefined
  /** Secrets that were in use before. */
  readonly previousSecrets: readonly string[]
  readonly auditKeep: number
}

/** Everything about who may do what. */
export interface Accounts {
  readonly authenticator: Authenticator
  readonly users: Users
  readonly sessions: Sessions
  readonly keys: ApiKeys
  readonly links: ShareLinks
  readonly audit: AuditTrail
  readonly store: AccountStore
  /** Makes another secret sign tokens from now on; those of before stay good. */
  rotateSecret(actor: AuditActor): Promise<void>
  /** Writes what is not written yet. */
  close(): Promise<void>
}

/** Opens the accounts. */
export async function openAccounts(parts: AccountsParts): Promise<Accounts> {
  const { store, auditStore, changes, clock, log, passwordCost, rules } = parts
  const principals = new ActivePrincipals(clock)
  const sessionLife = rules.tokens.refreshLife
  const cache = new AccountCache({ store, changes, clock, log, principals, sessionLife })
  await cache.open()
  const configured = [rules.secret, ...rules.previousSecrets].flatMap((secret) =>
    secret === undefined ? [] : [signingKey(secret, 0)],
  )
  const makeSecret = async () => {
    await store.addSigningKey(signingKey(randomText(48), clock.now()))
    await cache.reload()
  }
  if (rules.secret === undefined && cache.signingKeys.length === 0) await makeSecret()
  const signingKeys = () =>
    rules.secret === undefined ? [...cache.signingKeys, ...configured] : [...configured, ...cache.signingKeys]

  const passwords = new PasswordHasher(passwordCost)
  const tokens = new Tokens(rules.tokens, clock, signingKeys)
  const audit = new AuditTrail({ store: auditStore, clock, log, keep: rules.auditKeep })
  const grants = { store, cache, audit, clock }
  const throttle = new LoginThrottle(rules.throttle, clock)
  return {
    authenticator: new Authenticator({ rules: rules.authenticator, cache, principals, tokens, clock }),
    users: new Users({ ...grants, passwords }),
    sessions: new Sessions({ ...grants, passwords, tokens, throttle, life: sessionLife }),
    keys: new ApiKeys(grants),
    links: new ShareLinks(grants),
    audit,
    store,
    async rotateSecret(actor) {
      await makeSecret()
      audit.note(actor, { action: 'token.rotate' })
    },
    async close() {
      principals.close()
      await audit.close()
      await cache.close()
    },
  }
}

/** The account that was made at the first start. */
export interface FirstUser {
  readonly username: string
  /** Its password, if it had to be made up: nobody knows it otherwise. */
  readonly madeUp: string | undefined
}

/** The first account, so that there is somebody who can make others. */
const FIRST_USER = 'admin'

/**
 * Makes the first account if there is none yet.
 * @param password what the operator wants it to be
 * @returns undefined if there was one
 */
export async function addFirstUser(users: Users, password: string | undefined): Promise<FirstUser | undefined> {
  if (users.all.length > 0) return undefined
  const chosen = password ?? randomText(12)
  const actor = { who: 'first start', address: 'this machine' }
  try {
    await users.add(actor, { username: FIRST_USER, password: chosen, role: 'admin', labels: [] })
  } catch (error) {
    // Another server with the same data folder was faster.
    if (error instanceof Refusal && error.code === 'taken') return undefined
    throw error
  }
  return { username: FIRST_USER, madeUp: password === undefined ? chosen : undefined }
}

/** Named by its digest: the same secret has the same name at each start and on each server. */
function signingKey(secret: string, createdAt: number): SigningKey {
  return { id: digestOf(`kid ${secret}`).slice(0, 12), secret, createdAt }
}

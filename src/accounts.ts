import { join } from 'node:path'
import { type Accounts, openAccounts } from './access/accounts.ts'
import { allowedOrigins } from './config/origins.ts'
import type { Config } from './config/schema.ts'
import type { Clock } from './core/clock.ts'
import type { Log } from './core/log.ts'
import { SqlAccountStore } from './store/sql/accounts.ts'
import { SqlAuditStore } from './store/sql/audit.ts'
import type { Database } from './store/sql/database.ts'
import { openSqlite } from './store/sql/sqlite.ts'

/** Accounts and the database that keeps them, and other things of the server. */
export interface OpenAccounts {
  readonly accounts: Accounts
  readonly database: Database
  /** Writes what is not written yet, and closes the database. */
  close(): Promise<void>
}

/** The database of an installation. */
export function databaseFile({ data_dir }: Pick<Config, 'data_dir'>): string {
  return join(data_dir, 'belvedere.db')
}

/**
 * Opens the accounts of an installation: for the server, and for the command line beside it.
 * @throws DatabaseError when the database cannot be opened
 */
export async function openConfiguredAccounts(
  config: Config,
  parts: { readonly clock: Clock; readonly log: Log; readonly publishKey: string },
): Promise<OpenAccounts> {
  const { clock, log, publishKey } = parts
  const { access, http, limits, tokens } = config
  const database = await openSqlite(databaseFile(config))
  const accounts = await openAccounts({
    store: new SqlAccountStore(database),
    auditStore: new SqlAuditStore(database),
    clock,
    log,
    rules: {
      gate: {
        publishKey,
        anonymous: access.anonymous,
        allowedHosts: http.allowed_hosts,
        allowedOrigins: allowedOrigins(config),
      },
      tokens: {
        accessLife: tokens.access_minutes * 60_000,
        refreshLife: tokens.refresh_days * DAY_MS,
        leeway: tokens.leeway_s * 1000,
      },
      guard: { freeTries: limits.login_tries, longestWait: limits.login_wait_s * 1000 },
      secret: tokens.secret,
      previousSecrets: tokens.previous_secrets,
      auditKeep: access.audit_days * DAY_MS,
    },
  })
  return {
    accounts,
    database,
    async close() {
      await accounts.close()
      await database.close()
    },
  }
}

const DAY_MS = 86_400_000

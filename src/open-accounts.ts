import type { IncomingMessage } from 'node:http'
import { type Accounts, openAccounts } from './access/accounts.ts'
import { BasePaths } from './access/base-path.ts'
import { ClientAddresses } from './access/client-address.ts'
import { loadOrCreateInstance } from './access/instance.ts'
import { InstanceCookie } from './access/instance-cookie.ts'
import type { PasswordCost } from './access/password-hasher.ts'
import { SessionCookie } from './access/session-cookie.ts'
import type { Config } from './config/all-settings.ts'
import { ConfigError } from './config/config-error.ts'
import { allowedOrigins, publicOrigins } from './config/origins.ts'
import { type Clock, DAY_MS } from './core/clock.ts'
import { type Counters, NO_COUNTERS } from './core/counters.ts'
import { messageOf } from './core/errors.ts'
import type { Log } from './core/log.ts'
import type { SharedUse } from './core/shared-use.ts'
import type { Stores } from './store/sql/stores.ts'

/** What opening the accounts needs beside the configuration. */
export interface ConfiguredAccountsParts {
  /** Not closed with the accounts. */
  readonly stores: Stores
  readonly clock: Clock
  readonly log: Log
  readonly publishKey: string
  /** Counts reached limits; default: nothing. */
  readonly counters?: Pick<Counters, 'limited'> | undefined
  /** Default: the cost for production. */
  readonly passwordCost?: PasswordCost | undefined
  /** Whether nobody is connected here (the command line); default: false. */
  readonly isOffline?: boolean | undefined
  /** Wrong passwords at other servers of the installation, which count here too. */
  readonly sharedGuesses?: SharedUse | undefined
}

/**
 * Opens the accounts of an installation, for the server and for the command line.
 * @throws ConfigError when a trusted proxy is no address
 */
export async function openConfiguredAccounts(
  config: Config,
  {
    stores,
    clock,
    log,
    publishKey,
    counters = NO_COUNTERS,
    passwordCost,
    isOffline,
    sharedGuesses,
  }: ConfiguredAccountsParts,
): Promise<Accounts> {
  const { access, http, limits, tokens } = config
  const addresses = clientAddresses(config)
  const basePaths = basePathsOf(config, addresses)
  const instance = loadOrCreateInstance(config.data_dir, clock.now())
  const placeOf = (request: IncomingMessage) => ({
    isSecure: addresses.isSecure(request),
    basePath: basePaths.of(request),
  })
  return openAccounts({
    store: stores.accounts,
    auditStore: stores.audit,
    changes: stores.changes,
    clock,
    log,
    counters,
    passwordCost,
    isOffline,
    sharedGuesses,
    sessionCookie: new SessionCookie(instance, placeOf),
    guestCookie: new InstanceCookie('belvedere_guest', instance.id, placeOf),
    rules: {
      authenticator: {
        publishKey,
        anonymous: access.anonymous,
        allowedHosts: http.allowed_hosts,
        isFromProxy: (request) => addresses.isFromProxy(request),
        allowedOrigins: allowedOrigins(config),
        publicOrigins: publicOrigins(config),
      },
      tokens: {
        accessLife: tokens.access_minutes * 60_000,
        refreshLife: tokens.refresh_days * DAY_MS,
        leeway: tokens.leeway_s * 1000,
      },
      throttle: {
        freeTries: limits.login_tries,
        longestWait: limits.login_wait_s * 1000,
        longestDelay: limits.login_delay_s * 1000,
        delayed: { max: limits.login_waiting, share: limits.login_waiting_per_address },
      },
      hashing: {
        max: limits.hashing,
        share: limits.hashing_per_client,
        reserved: Math.min(limits.hashing_reserved, limits.hashing / 2),
      },
      refreshesPerMinute: limits.refreshes_per_minute,
      accountWritesPerMinute: limits.account_writes_per_minute,
      defaultLabels: access.default_labels,
      secret: tokens.secret,
      previousSecrets: tokens.previous_secrets,
      audit: {
        keep: access.audit_days * DAY_MS,
        maxRefused: access.audit_refused,
        refusedPerMinute: access.audit_refused_per_minute,
        signInsPerMinute: access.audit_sign_ins_per_minute,
        commandsPerMinute: access.audit_commands_per_minute,
        maxPending: access.audit_pending,
      },
    },
  })
}

/** Where requests come from, as the trusted proxies say. @throws ConfigError when one of them is no address */
export function clientAddresses({ http }: Config): ClientAddresses {
  try {
    return new ClientAddresses(http.trusted_proxies)
  } catch (error) {
    throw new ConfigError([`http.trusted_proxies: ${messageOf(error)}.`])
  }
}

/** Where browsers reach the server, as the settings and the trusted proxies say. */
export function basePathsOf({ http }: Config, addresses: ClientAddresses): BasePaths {
  return new BasePaths(http.base_path, (request) => addresses.isFromProxy(request))
}

import { existsSync } from 'node:fs'
import type { Accounts } from '../access/accounts.ts'
import { systemActor } from '../access/actor.ts'
import { randomText } from '../access/secrets.ts'
import type { Config } from '../config/all-settings.ts'
import { Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { openConfiguredAccounts } from '../open-accounts.ts'
import { databaseFile, openStores } from '../open-stores.ts'
import { systemClock } from '../telemetry/system-clock.ts'
import type { Output } from './context.ts'
import { UsageError } from './usage-error.ts'

/** The actor of changes made on the command line. */
export const COMMAND_LINE = systemActor('command line')

/** Options of `withAccounts`. */
export interface AccountsAccess {
  readonly config: Config
  /** If no database exists: create one, or report an error. */
  readonly whenNone: 'make' | 'refuse'
  /** For warnings that do not end the command. */
  readonly stderr: Output
}

/**
 * Opens the accounts of an installation, whether its server runs or not, and closes them when `work` is done.
 * @throws DatabaseError when the database cannot be opened; UsageError when there is none, or `work` is refused
 */
export async function withAccounts(
  { config, whenNone, stderr }: AccountsAccess,
  work: (accounts: Accounts) => Promise<void>,
): Promise<void> {
  if (whenNone === 'refuse' && !existsSync(databaseFile(config)))
    throw new UsageError(
      `There are no accounts in ${config.data_dir} (data_dir): is that the server's folder? It makes them at its first start.`,
    )
  // The publish key is not used here; any value will do.
  const parts = { clock: systemClock, log: logTo(stderr), publishKey: randomText(24) }
  await using opened = new AsyncDisposableStack()
  const stores = await openStores(config, parts.clock)
  opened.defer(() => stores.close())
  const accounts = await openConfiguredAccounts(config, { ...parts, stores, isOffline: true })
  opened.defer(() => accounts.close())
  try {
    await work(accounts)
  } catch (error) {
    if (error instanceof Refusal) throw new UsageError(sentence(error.message))
    // Errors of the file system or the database are the user's to fix; anything else is a bug.
    if (error instanceof UsageError || !(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(
      sentence(`The accounts in ${config.data_dir} cannot be changed (${error.message}): nothing was changed`),
    )
  }
}

function logTo(stderr: Output): Log {
  const tell = (fields: object, message: string) => {
    const reason = 'err' in fields && fields.err instanceof Error ? `: ${fields.err.message}` : ''
    stderr.write(`${sentence(message + reason)}\n`)
  }
  // Success is reported by the command itself.
  return { info: () => {}, warn: tell, error: tell }
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`
}

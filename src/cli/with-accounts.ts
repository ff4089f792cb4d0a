import { existsSync } from 'node:fs'
import type { Accounts } from '../access/accounts.ts'
import type { AuditActor } from '../access/audit-trail.ts'
import { randomText } from '../access/secrets.ts'
import type { Config } from '../config/all-settings.ts'
import { Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { openConfiguredAccounts } from '../open-accounts.ts'
import { databaseFile, openStores } from '../open-stores.ts'
import { systemClock } from '../telemetry/system-clock.ts'
import type { Output } from './context.ts'
import { UsageError } from './usage-error.ts'

/** Whoever types a command, for the audit trail. */
export const COMMAND_LINE: AuditActor = { who: 'command line', address: 'this machine' }

/** How the accounts are opened for a command. */
export interface AccountsAccess {
  readonly config: Config
  /** Whether accounts are made if there are none, or that is a mistake. */
  readonly whenNone: 'make' | 'refuse'
  /** Where trouble is told that does not end the command. */
  readonly stderr: Output
}

/**
 * Opens the accounts of an installation, whether its server runs or not, and closes them after the work.
 * @throws DatabaseError when they cannot be opened; UsageError when there are none, or the work is refused
 */
export async function withAccounts(
  { config, whenNone, stderr }: AccountsAccess,
  work: (accounts: Accounts) => Promise<void>,
): Promise<void> {
  if (whenNone === 'refuse' && !existsSync(databaseFile(config)))
    throw new UsageError(
      `There are no accounts in ${config.data_dir} (data_dir): is that the server's folder? It makes them at its first start.`,
    )
  // Nobody is let in here by the publish key.
  const parts = { clock: systemClock, log: logTo(stderr), publishKey: randomText(24) }
  await using opened = new AsyncDisposableStack()
  const stores = await openStores(config, parts.clock)
  opened.defer(() => stores.close())
  const accounts = await openConfiguredAccounts(config, { ...parts, stores })
  opened.defer(() => accounts.close())
  try {
    await work(accounts)
  } catch (error) {
    if (error instanceof Refusal) throw new UsageError(sentence(error.message))
    // What the file system or the database has against it is for the user; anything else is our fault.
    if (error instanceof UsageError || !(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(sentence(`The accounts in ${config.data_dir} cannot be changed: ${error.message}`))
  }
}

function logTo(stderr: Output): Log {
  const tell = (fields: object, message: string) => {
    const reason = 'err' in fields && fields.err instanceof Error ? `: ${fields.err.message}` : ''
    stderr.write(`${sentence(message + reason)}\n`)
  }
  // What was done is told by the command itself.
  return { info: () => {}, warn: tell, error: tell }
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`
}

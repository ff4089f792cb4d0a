import { existsSync } from 'node:fs'
import type { Accounts } from '../access/accounts.ts'
import type { Actor } from '../access/audit.ts'
import { randomText } from '../access/secrets.ts'
import { openConfiguredAccounts } from '../accounts.ts'
import type { Config } from '../config/schema.ts'
import { Refusal } from '../core/errors.ts'
import { databaseFile, openStores } from '../stores.ts'
import { systemClock } from '../telemetry/clock.ts'
import { UsageError } from './usage.ts'

/** Whoever types a command, for the audit trail. */
export const COMMAND_LINE: Actor = { who: 'command line', address: 'this machine' }

/**
 * Opens the accounts of an installation, whether its server runs or not, and closes them after the work.
 * @param whenNone whether accounts are made if there are none, or that is a mistake
 * @throws DatabaseError when they cannot be opened; UsageError when there are none, or the work is refused
 */
export async function withAccounts(
  config: Config,
  whenNone: 'make' | 'refuse',
  work: (accounts: Accounts) => Promise<void>,
): Promise<void> {
  if (whenNone === 'refuse' && !existsSync(databaseFile(config)))
    throw new UsageError(
      `There are no accounts in ${config.data_dir} (data_dir): is that the server's folder? It makes them at its first start.`,
    )
  // Nobody is let in here by the publish key.
  const parts = { clock: systemClock, log: LOG, publishKey: randomText(24) }
  const stores = await openStores(config, parts.clock)
  const accounts = await openConfiguredAccounts(config, { ...parts, stores })
  try {
    await work(accounts)
  } catch (error) {
    if (error instanceof Refusal) throw new UsageError(sentence(error.message))
    // What the file system or the database has against it is for the user; anything else is our fault.
    if (error instanceof UsageError || !(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(sentence(`The accounts in ${config.data_dir} cannot be changed: ${error.message}`))
  } finally {
    await accounts.close()
    await stores.close()
  }
}

/** What was done is told by the command itself. */
const LOG = { info: () => {}, warn: tell, error: tell }

function tell(fields: object, message: string): void {
  const reason = 'err' in fields && fields.err instanceof Error ? `: ${fields.err.message}` : ''
  console.error(sentence(message + reason))
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`
}

import { loadConfig } from '../config/load-config.ts'
import { readArguments } from './arguments.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './usage-error.ts'
import { COMMAND_LINE, withAccounts } from './with-accounts.ts'

/** `belvedere secret rotate`: signs tokens with a new secret from now on; existing tokens stay valid. */
export async function secret(argv: readonly string[], { env, cwd, stdout, stderr }: CommandContext): Promise<number> {
  const { words, settings } = readArguments(argv, new Map())
  if (words.length !== 1 || words[0] !== 'rotate') throw new UsageError('It goes: belvedere secret rotate', 2)
  const config = loadConfig({ argv: settings, env, cwd })
  if (config.tokens.secret !== undefined)
    throw new UsageError(
      'The secret is configured (tokens.secret or JWT_SECRET_KEY): put another one there, the one of today into tokens.previous_secrets, and start the server again.',
    )
  await withAccounts({ config, whenNone: 'refuse', stderr }, (accounts) => accounts.rotateSecret(COMMAND_LINE))
  stdout.write('Tokens are signed with a new secret from now on; those of before stay good until they expire.\n')
  return 0
}

import { createInterface } from 'node:readline'
import type { Accounts } from '../access/accounts.ts'
import type { Terminal } from './password-prompt.ts'
import { UsageError } from './usage-error.ts'

/**
 * What a user has made, in words: `the keys "a", "b" and the share link "c"`. It outlives the account.
 * @returns undefined if there is nothing
 * @throws Refusal `not_found` when there is no such user
 */
export function credentialsInWords({ users, keys, links }: Accounts, username: string): string | undefined {
  const { id } = users.byName(username)
  const parts = [listOf('key', keys.of(id)), listOf('share link', links.of(id))].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(' and ')
}

/**
 * Asks on a terminal whether what a user has made is revoked too; Enter alone means yes.
 * @param credentials as `credentialsInWords` returns them
 * @throws UsageError when there is no answer (Ctrl-C, Ctrl-D)
 */
export async function askToRevoke(
  { input, questions }: Terminal,
  username: string,
  credentials: string,
): Promise<boolean> {
  const lines = createInterface({ input, output: questions })
  lines.setPrompt(`"${username}" has made ${credentials}. Revoke that too? [Y/n] `)
  lines.prompt()
  for await (const line of lines) {
    const word = line.trim().toLowerCase()
    if (['', 'y', 'yes'].includes(word)) return true
    if (['n', 'no'].includes(word)) return false
    lines.prompt()
  }
  throw new UsageError('Nothing was changed.')
}

function listOf(what: string, made: readonly { readonly name: string }[]): string | undefined {
  if (made.length === 0) return undefined
  return `the ${what}${made.length > 1 ? 's' : ''} ${made.map(({ name }) => `"${name}"`).join(', ')}`
}

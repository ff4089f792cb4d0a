import type { Accounts } from '../access/accounts.ts'
import { loadConfig } from '../config/load-config.ts'
import { valueOfText } from '../config/setting-values.ts'
import { ROLES, type Role } from '../core/account-store.ts'
import { checkName, isSameName } from '../core/stream-name.ts'
import { type Arguments, readArguments } from './arguments.ts'
import type { CommandContext } from './context.ts'
import { isHelp } from './help.ts'
import { newPassword, notAsArgument, passwordSource, type Terminal } from './password-prompt.ts'
import { UsageError } from './usage-error.ts'
import { askToRevoke, credentialsInWords } from './user-credentials.ts'
import { sitesOf, userTable } from './user-table.ts'
import { COMMAND_LINE, withAccounts } from './with-accounts.ts'

/** What `belvedere user help` prints. */
const HELP = `belvedere user COMMAND

  list [--json]                    Everybody, with role, sites and when they were last here.
  add NAME [--role ROLE] [--labels SITE,SITE]
                                   Add somebody. ROLE is ${ROLES.join(', ')} (default: user).
  password NAME                    Another password; they are signed out everywhere.
  role NAME ROLE                   Another role.
  labels NAME SITE,SITE            The sites that they may see; "" for none, "*" for all. An admin sees all.
  disable NAME, enable NAME        Shut somebody out, and let them in again.
  remove NAME                      Remove somebody for good.

"add" and "password" ask for the password on a terminal and else read it from the standard input (--password -);
--generate makes one up and prints it. Keys and share links that somebody has made outlive the account and its role:
"role", "disable" and "remove" ask on a terminal whether to revoke them too; --revoke-credentials does it without asking,
and without a terminal they live on, which is said. All take the server's settings: --data-dir DIR, --config FILE, the
environment. A running server heeds the change at once and closes what the user may no longer have open.`

/** A subcommand of `belvedere user`. */
interface UserCommand {
  /** The names of its positional arguments. */
  readonly words: readonly string[]
  readonly options?: readonly (readonly [name: string, kind: 'value' | 'switch'])[]
  readonly run: (accounts: Accounts, given: Arguments, context: CommandContext) => Promise<void>
}

const PASSWORD = [
  ['password', 'value'],
  ['generate', 'switch'],
] as const

const TAKING_AWAY = [['revoke_credentials', 'switch']] as const

const COMMANDS = new Map<string, UserCommand>([
  ['list', { words: [], options: [['json', 'switch']], run: list }],
  ['add', { words: ['NAME'], options: [['role', 'value'], ['labels', 'value'], ...PASSWORD], run: add }],
  ['password', { words: ['NAME'], options: PASSWORD, run: password }],
  ['role', { words: ['NAME', 'ROLE'], options: TAKING_AWAY, run: role }],
  ['labels', { words: ['NAME', 'SITE,SITE'], run: labels }],
  ['disable', { words: ['NAME'], options: TAKING_AWAY, run: disable }],
  ['enable', { words: ['NAME'], run: enable }],
  ['remove', { words: ['NAME'], options: TAKING_AWAY, run: remove }],
])

/** `belvedere user …`: manages the accounts on the server's machine, whether the server runs or not. */
export async function user(argv: readonly string[], context: CommandContext): Promise<number> {
  const { env, cwd, stdout, stderr } = context
  const [name = '', ...args] = argv
  if (name === 'help' || argv.some(isHelp)) {
    stdout.write(`${HELP}\n`)
    return 0
  }
  const command = COMMANDS.get(name)
  if (!command) {
    stderr.write(`${name === '' ? 'What about users?' : `There is no command "user ${name}".`}\n\n${HELP}\n`)
    return 2
  }
  const given = readArguments(args, new Map(command.options))
  checkWords(name, command, given.words)
  const config = loadConfig({ argv: given.settings, env, cwd })
  // `add` works before the server's first start; all others need existing accounts.
  const whenNone = name === 'add' ? 'make' : 'refuse'
  await withAccounts({ config, whenNone, stderr }, (accounts) => command.run(accounts, given, context))
  return 0
}

function checkWords(name: string, { words: wanted, options = [] }: UserCommand, words: readonly string[]): void {
  if (words.length === wanted.length) return
  if (words.length > wanted.length && options.some(([option]) => option === 'password')) throw notAsArgument()
  const usage = ['belvedere user', name, ...wanted].join(' ')
  throw new UsageError(
    `${words.length > wanted.length ? 'That is too much' : 'Something is missing'}; it goes: ${usage}`,
    2,
  )
}

async function list({ users }: Accounts, { options }: Arguments, { stdout }: CommandContext): Promise<void> {
  if (!options.has('json')) {
    stdout.write(`${userTable(users.all, { isTerminal: stdout.isTTY === true })}\n`)
    return
  }
  // The same fields as `GET /users`.
  const described = users.all.map((each) => ({
    user_id: each.id,
    username: each.username,
    role: each.role,
    is_active: each.isActive,
    labels: each.labels,
    created_at: each.createdAt,
    last_seen_at: each.lastSeenAt ?? null,
  }))
  stdout.write(`${JSON.stringify({ users: described }, undefined, 2)}\n`)
}

async function add({ users }: Accounts, { options, words: [name = ''] }: Arguments, context: CommandContext) {
  // Validated before anybody types a password.
  checkName('name', name)
  if (users.all.some(({ username }) => isSameName(username, name)))
    throw new UsageError(`There is a user "${name}" already; "belvedere user password" gives another password.`)
  const labels = options.has('labels') ? sites(options.get('labels')) : undefined
  const wanted = { username: name, role: roleOf(options.get('role') ?? 'user'), labels }
  const terminal = terminalOf(context)
  const source = passwordSource(options, terminal)
  const password = await newPassword(source, terminal, name)
  const added = await users.add(COMMAND_LINE, { ...wanted, password })
  const secret = source === 'generate' ? password : undefined
  tell(context, `Added "${name}", ${added.role}, sites: ${sitesOf(added)}.`, secret)
  if (!users.all.some((each) => each.role === 'admin' && each.isActive))
    context.stderr.write(
      'There is no admin yet, and with an account there the server makes none: add one with --role admin.\n',
    )
}

async function password({ users }: Accounts, { options, words: [name = ''] }: Arguments, context: CommandContext) {
  checkUser(users, name)
  const terminal = terminalOf(context)
  const source = passwordSource(options, terminal)
  const chosen = await newPassword(source, terminal, name)
  await users.setPassword(COMMAND_LINE, name, chosen)
  const secret = source === 'generate' ? chosen : undefined
  tell(context, `"${name}" has another password and is signed out everywhere.`, secret)
}

async function role(accounts: Accounts, given: Arguments, context: CommandContext) {
  const { users } = accounts
  const [name = '', wanted = ''] = given.words
  checkUser(users, name)
  const to = roleOf(wanted)
  const isDemoted = ROLES.indexOf(to) > ROLES.indexOf(users.byName(name).role)
  const credentials = isDemoted || isRevoking(given) ? credentialsInWords(accounts, name) : undefined
  const revokeCredentials = await mayRevoke(name, credentials, given, context)
  await users.setRole(COMMAND_LINE, name, to, { revokeCredentials })
  tell(context, `"${name}" is ${wanted} now.`)
  tellCredentials(context, credentials, revokeCredentials)
}

async function labels({ users }: Accounts, { words: [name = '', wanted] }: Arguments, context: CommandContext) {
  checkUser(users, name)
  const given = await users.setLabels(COMMAND_LINE, name, sites(wanted))
  const isAdmin = users.all.some((each) => each.username === name && each.role === 'admin')
  const note = isAdmin ? ', and all others as long as the role is admin' : ''
  tell(context, `The sites of "${name}": ${given.length === 0 ? 'none' : given.join(', ')}${note}.`)
}

async function disable(accounts: Accounts, given: Arguments, context: CommandContext) {
  const { users } = accounts
  const [name = ''] = given.words
  checkUser(users, name)
  const credentials = credentialsInWords(accounts, name)
  const revokeCredentials = await mayRevoke(name, credentials, given, context)
  await users.setActive(COMMAND_LINE, name, false, { revokeCredentials })
  tell(context, `"${name}" is disabled and signed out everywhere.`)
  tellCredentials(context, credentials, revokeCredentials)
}

async function enable({ users }: Accounts, { words: [name = ''] }: Arguments, context: CommandContext) {
  checkUser(users, name)
  await users.setActive(COMMAND_LINE, name, true)
  tell(context, `"${name}" may sign in again.`)
}

async function remove(accounts: Accounts, given: Arguments, context: CommandContext) {
  const { users } = accounts
  const [name = ''] = given.words
  checkUser(users, name)
  const credentials = credentialsInWords(accounts, name)
  const revokeCredentials = await mayRevoke(name, credentials, given, context)
  await users.remove(COMMAND_LINE, name, { revokeCredentials })
  tell(context, `"${name}" is removed.`)
  tellCredentials(context, credentials, revokeCredentials)
}

function isRevoking({ options }: Arguments): boolean {
  return options.has('revoke_credentials')
}

/** Whether what a user has made is to be revoked too: as the option says, else as somebody at a terminal says. */
async function mayRevoke(
  name: string,
  credentials: string | undefined,
  given: Arguments,
  context: CommandContext,
): Promise<boolean> {
  if (isRevoking(given)) return true
  if (credentials === undefined || context.stdin.isTTY !== true) return false
  return askToRevoke(terminalOf(context), name, credentials)
}

/** Reports what was revoked too, or that it lives on. */
function tellCredentials({ stderr }: CommandContext, credentials: string | undefined, isRevoked: boolean): void {
  if (credentials === undefined) return
  stderr.write(
    isRevoked
      ? `Revoked with it: ${credentials}.\n`
      : `Still valid: ${credentials}. An admin can revoke that (the page, DELETE /keys, DELETE /links).\n`,
  )
}

function terminalOf({ stdin, stderr }: CommandContext): Terminal {
  return { input: stdin, questions: stderr }
}

/**
 * Reports what was done. A secret alone goes to the standard output, for scripts; the sentence then to standard error.
 */
function tell({ stdout, stderr }: CommandContext, sentence: string, secret?: string): void {
  if (secret === undefined) {
    stdout.write(`${sentence}\n`)
    return
  }
  stderr.write(`${sentence} The password, shown this once:\n`)
  stdout.write(`${secret}\n`)
}

/** @throws UsageError when there is no such user, listing the existing ones */
function checkUser(users: Accounts['users'], name: string): void {
  const names = users.all.map(({ username }) => username)
  if (names.includes(name)) return
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more ("belvedere user list")` : ''
  const known =
    names.length === 0 ? 'There are none at all.' : `There are: ${names.slice(0, MOST_NAMES).join(', ')}${more}.`
  throw new UsageError(`There is no user "${name}". ${known}`)
}

const MOST_NAMES = 20

function roleOf(wanted: string): Role {
  const known = ROLES.find((each) => each === wanted)
  if (!known) throw new UsageError(`There is no role "${wanted}". There are: ${ROLES.join(', ')}.`)
  return known
}

/** Sites separated by commas, or as a JSON list. */
function sites(text = ''): string[] {
  const value = valueOfText(text, { type: 'array' })
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
  throw new UsageError('Sites are given with commas between them (door,garden) or as JSON (["door","garden"]).')
}

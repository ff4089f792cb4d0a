import type { FirstUser } from '../access/accounts.ts'
import type { InstrumentSettings } from '../core/instrument.ts'
import { formatAddress } from '../wire/zmtp/address.ts'

/** The contents of the startup banner. */
export interface Welcome {
  /** "http://127.0.0.1:8000", or what the page is below: "http://127.0.0.1:8000/cameras" */
  readonly url: string
  /** The publish key, as it may be shown. */
  readonly key: ShownKey
  /** The first account, if this start created it. */
  readonly firstUser?: WelcomedUser | undefined
  /** The instruments of the configuration that are read. */
  readonly instruments?: readonly InstrumentSettings[]
  /** Whether the demo runs already. */
  readonly hasDemo?: boolean
}

/** The first account, and what gives it another password. */
export interface WelcomedUser extends FirstUser {
  /** As it is typed in a shell. */
  readonly command: string
}

/** The publish key as it may be shown. */
export type ShownKey =
  /** In plain text. */
  | { readonly kind: 'plain'; readonly key: string }
  /** Not shown: that command prints it. */
  | { readonly kind: 'kept'; readonly command: string }
  /** Not shown: the user has it in the environment variable BELVEDERE_PUBLISH_KEY. */
  | { readonly kind: 'variable' }
  /** Not shown: the user has configured it elsewhere. */
  | { readonly kind: 'configured' }

/** What decides how the publish key is shown. */
export interface KeyOrigin {
  /** `made`: by this start; `kept`: by an earlier one; `configured`: by the user. */
  readonly from: 'made' | 'kept' | 'configured'
  /** The environment variable BELVEDERE_PUBLISH_KEY. */
  readonly variable: string | undefined
  /** Whether a person reads the output, and it is not kept in a log. */
  readonly isTerminal: boolean
  /** Prints the key. */
  readonly command: string
}

/** Whether to print the publish key: once, where a person reads it. Everything else gets into journals and stays there. */
export function shownKey(key: string, { from, variable, isTerminal, command }: KeyOrigin): ShownKey {
  if (from === 'configured') return { kind: variable === key ? 'variable' : 'configured' }
  return from === 'made' && isTerminal ? { kind: 'plain', key } : { kind: 'kept', command }
}

/** The startup banner: the server's URL and how to publish. */
export function welcome({ url, key, firstUser, instruments = [], hasDemo = false }: Welcome): string {
  const page = url.replace('127.0.0.1', 'localhost').replace('0.0.0.0', 'localhost').replace('[::]', 'localhost')
  const server = url.replace('0.0.0.0', '127.0.0.1').replace('[::]', '[::1]')
  return `
  Belvedere is live at ${page}

  Open it with the right to publish:

    ${wayIn(page, key)}

  Publish a picture:

    curl -H ${headerFor(key)} \\
         -F label=site -F key=camera -F file=@photo.jpg ${server}/frames
${instruments.length > 0 ? `\n  It reads:\n\n${instruments.map(instrumentLine).join('')}` : ''}${hasDemo || instruments.length > 0 ? '' : '\n  Nothing at hand? npm run demo\n'}${firstUser ? `\n${firstUserNote(firstUser)}\n` : ''}`
}

/** What is read, and where: how it is doing is on the page. */
function instrumentLine({ name, socket, mode, ...address }: InstrumentSettings): string {
  return `    ${name}: ${socket.toUpperCase()} ${mode === 'bind' ? 'at' : 'from'} ${formatAddress(address)}\n`
}

/** How to sign in with the first account; printed once, when it is created. */
export function firstUserNote({ username, generatedPassword, command }: WelcomedUser): string {
  if (generatedPassword === undefined) return `  Sign in as "${username}" with the password that you gave.`
  return `  Sign in as "${username}" with the password ${generatedPassword}
  It is shown this once. Another one: ${command}`
}

/** The address that opens the page with the right to publish. @param page "http://localhost:8000" */
export function linkTo(page: string, key: string): string {
  return `${page}/#key=${encodeURIComponent(key)}`
}

function wayIn(page: string, key: ShownKey): string {
  if (key.kind === 'plain') return linkTo(page, key.key)
  if (key.kind === 'kept') return `${page}/publish   (it asks for the publish key: ${key.command})`
  return `${page}/publish   (it asks for the publish key, which is the one you configured)`
}

/** The `Authorization` header, quoted for a shell. */
function headerFor(key: ShownKey): string {
  if (key.kind === 'variable') return '"Authorization: Bearer $BELVEDERE_PUBLISH_KEY"'
  if (key.kind === 'kept') return `"Authorization: Bearer $(${key.command})"`
  if (key.kind === 'configured') return '"Authorization: Bearer <publish key>"'
  const header = `Authorization: Bearer ${key.key}`
  return /^[\w:. ~+/=-]+$/.test(header) ? `"${header}"` : `'${header.replaceAll("'", "'\\''")}'`
}

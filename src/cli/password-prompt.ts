import { createInterface } from 'node:readline'
import { type Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { randomText } from '../access/secrets.ts'
import { checkNewPassword } from '../access/users.ts'
import { UsageError } from './usage-error.ts'

/** Where a new password comes from: the terminal, the standard input, or made up. */
export type PasswordSource = 'prompt' | 'input' | 'generate'

/** The terminal, or a replacement. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean | undefined }
  /** Where prompts are written, so that the command's output can be redirected. */
  readonly questions: Writable
}

/**
 * Chooses the source of a new password by the options `--password` and `--generate`; by default a prompt on a terminal,
 * else the standard input.
 * @throws UsageError for a password given as an argument, contradicting options, or a prompt without a terminal
 */
export function passwordSource(options: ReadonlyMap<string, string>, { input }: Terminal): PasswordSource {
  const given = options.get('password')
  if (given !== undefined && given !== '-' && given !== 'prompt') throw notAsArgument()
  if (options.has('generate')) {
    if (given !== undefined) throw new UsageError('Give --password or --generate, not both.', 2)
    return 'generate'
  }
  if (input.isTTY === true) return 'prompt'
  if (given === 'prompt') throw new UsageError('There is no terminal to ask for the password on; give --password -.')
  return 'input'
}

/** The error for a password given as an argument, which other users of the machine can see. */
export function notAsArgument(): UsageError {
  return new UsageError(
    'A password is never given as an argument, where others on this machine can see it: leave it out to be asked, send it through the standard input with --password -, or use --generate.',
    2,
  )
}

/**
 * Reads or generates a new password.
 * @throws UsageError when there is no input, or the repeated password differs; Refusal `invalid` when it is too short
 */
export async function newPassword(source: PasswordSource, terminal: Terminal, username: string): Promise<string> {
  if (source === 'generate') return randomText(15)
  if (source === 'input') return checkNewPassword('password', await passwordLine(terminal.input))
  const password = checkNewPassword('password', await ask(terminal, `New password of "${username}": `))
  if ((await ask(terminal, 'The same again: ')) === password) return password
  throw new UsageError('The two passwords differ; nothing was changed.')
}

async function passwordLine(input: Readable): Promise<string> {
  const lines = (await text(input)).replace(/\r?\n$/, '').split(/\r?\n/)
  const [line = '', ...more] = lines
  if (line === '' && more.length === 0)
    throw new UsageError('There is no password on the standard input: pipe one in, or use --generate.')
  if (more.length > 0) throw new UsageError('The standard input must be one line, the password.')
  return line
}

/** Prompts without echoing the input. */
function ask({ input, questions }: Terminal, question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 })
  questions.write(question)
  return new Promise<string>((resolve, reject) => {
    lines.once('line', (line) => {
      lines.removeAllListeners('close')
      resolve(line)
      lines.close()
    })
    // Ctrl-C or Ctrl-D.
    lines.once('close', () => reject(new UsageError('Nothing was changed.')))
  }).finally(() => questions.write('\n'))
}

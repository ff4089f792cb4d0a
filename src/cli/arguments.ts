import { didYouMean } from '../config/given.ts'
import { SETTINGS } from '../config/settings.ts'
import { UsageError } from './usage.ts'

/** What stands behind a command that has words and options of its own and takes the server's settings too. */
export interface Arguments {
  readonly words: readonly string[]
  /** The command's own options; a switch has the value "". */
  readonly options: ReadonlyMap<string, string>
  /** Flags that are settings, for `loadConfig`. */
  readonly settings: readonly string[]
}

/**
 * Takes the arguments of a command apart. Of an option given twice the last counts; what follows `--` are words.
 * @param own the command's options, without hyphens: whether they have a value or are switches
 * @throws UsageError for an option that there is not, or one without its value
 */
export function readArguments(argv: readonly string[], own: ReadonlyMap<string, 'value' | 'switch'>): Arguments {
  const words: string[] = []
  const options = new Map<string, string>()
  const settings: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? ''
    if (argument === '--') return { words: [...words, ...argv.slice(at + 1)], options, settings }
    if (!argument.startsWith('-') || argument === '-') {
      words.push(argument)
      continue
    }
    const [typed = '', ...inline] = argument.split('=')
    const kind = own.get(typed.replace(/^--/, ''))
    if (kind === 'switch') {
      if (inline.length > 0) throw new UsageError(`The option ${typed} takes no value.`, 2)
      options.set(typed.slice(2), '')
    } else if (kind === 'value') {
      const value = inline.length > 0 ? inline.join('=') : argv[++at]
      if (value === undefined) throw new UsageError(`The option ${typed} needs a value after it.`, 2)
      options.set(typed.slice(2), value)
    } else {
      checkSetting(typed, own)
      settings.push(argument)
      const next = argv[at + 1]
      if (inline.length === 0 && next?.startsWith('-') === false) settings.push(argv[++at] ?? '')
    }
  }
  return { words, options, settings }
}

function checkSetting(typed: string, own: ReadonlyMap<string, unknown>): void {
  const name = typed.replace(/^--/, '').replaceAll('-', '_')
  if (!typed.startsWith('--') ? /^-[PH]$/.test(typed) : SETTINGS.has(name) || name === 'config') return
  const known = [...own.keys(), 'config', ...SETTINGS.keys()]
  throw new UsageError(`There is no option ${typed} here${didYouMean(name, known, '--')}`, 2)
}

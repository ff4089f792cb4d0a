import { type OptionKind, parseCommandLine } from '../config/command-line.ts'
import { FLAGS, flagKind } from '../config/flags.ts'
import { didYouMean } from '../config/setting-values.ts'
import { UsageError } from './usage-error.ts'

/** The parsed arguments of a command. */
export interface Arguments {
  readonly words: readonly string[]
  /** The command's own options by name; a switch has the value "". */
  readonly options: ReadonlyMap<string, string>
  /** Flags that are server settings, as arguments for `loadConfig`. */
  readonly settings: readonly string[]
}

/** A command's own options: names with underscores for hyphens, and whether each has a value or is a switch. */
export type OwnOptions = ReadonlyMap<string, Exclude<OptionKind, 'optional'>>

/** Options of `readArguments`. */
export interface ArgumentRules {
  /** Whether the command also takes the server's settings; default: true. */
  readonly takesSettings?: boolean
  /** The exit code for a wrong option; default: 2. */
  readonly exitCode?: UsageError['exitCode']
}

/**
 * Parses the arguments of a command. If an option is repeated the last one wins; everything after `--` is a word.
 * @throws UsageError for an unknown option, a missing value, or a value for a switch
 */
export function readArguments(
  argv: readonly string[],
  own: OwnOptions,
  { takesSettings = true, exitCode = 2 }: ArgumentRules = {},
): Arguments {
  const words: string[] = []
  const options = new Map<string, string>()
  const settings: string[] = []
  const kindOf = (name: string) => own.get(name) ?? (takesSettings ? flagKind(name) : undefined)
  for (const argument of parseCommandLine(argv, kindOf)) {
    if (argument.kind === 'word') {
      words.push(argument.text)
      continue
    }
    const { name, typed } = argument
    if (argument.kind === 'unknown') {
      const known = takesSettings ? [...own.keys(), ...FLAGS] : own.keys()
      throw new UsageError(`There is no option ${typed} here${didYouMean(name, known, '--')}`, exitCode)
    }
    const { value } = argument
    if (!own.has(name)) {
      settings.push(value === undefined ? typed : `${typed}=${value}`)
      continue
    }
    const isSwitch = own.get(name) === 'switch'
    if (isSwitch && value !== undefined) throw new UsageError(`The option ${typed} takes no value.`, exitCode)
    // What looks like an option is one whose value was forgotten before it; "--label=--x" says otherwise.
    const isMissing = value === undefined || (value.startsWith('--') && !argument.isInline)
    if (!isSwitch && isMissing) throw new UsageError(`The option ${typed} needs a value after it.`, exitCode)
    options.set(name, value ?? '')
  }
  return { words, options, settings }
}

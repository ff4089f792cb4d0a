import { type OptionKind, parseCommandLine } from '../config/command-line.ts'
import { FLAGS, flagKind } from '../config/flags.ts'
import { didYouMean } from '../config/setting-values.ts'
import { UsageError } from './usage-error.ts'

/** What stands behind a command that has words and options of its own. */
export interface Arguments {
  readonly words: readonly string[]
  /** The command's own options; a switch has the value "". */
  readonly options: ReadonlyMap<string, string>
  /** Flags that are settings, for `loadConfig`. */
  readonly settings: readonly string[]
}

/** The command's own options, with underscores for hyphens: whether they have a value or are switches. */
export type OwnOptions = ReadonlyMap<string, Exclude<OptionKind, 'optional'>>

/** How a command differs from most. */
export interface ArgumentRules {
  /** Whether it takes the server's settings too; true if left out. */
  readonly takesSettings?: boolean
  /** What the process ends with when an option is wrong; 2 if left out. */
  readonly exitCode?: UsageError['exitCode']
}

/**
 * Takes the arguments of a command apart. Of an option given twice the last counts; what follows `--` are words.
 * @throws UsageError for an option that there is not, or one without its value
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

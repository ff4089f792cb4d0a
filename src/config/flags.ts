import { type OptionKind, parseCommandLine } from './command-line.ts'
import { SETTINGS } from './setting-metadata.ts'
import { didYouMean, type ParsedSettings, type SettingValue, valueOfText } from './setting-values.ts'

/** What the command line says. */
export interface Flags extends ParsedSettings {
  /** The path after `--config`, as it was typed. */
  readonly config: string | undefined
}

/** The flags that there are: every setting, and the one that names the configuration file. */
export const FLAGS: readonly string[] = [...SETTINGS.keys(), 'config']

/**
 * What a flag takes; undefined if there is none of that name. A setting that is true or false is true without a value.
 */
export function flagKind(name: string): OptionKind | undefined {
  if (!FLAGS.includes(name)) return undefined
  return SETTINGS.get(name)?.facts.type === 'boolean' ? 'optional' : 'value'
}

/**
 * Reads flags as `parseCommandLine` takes them apart. Of a flag given twice the last counts.
 * @param argv the arguments after the command
 */
export function readFlags(argv: readonly string[]): Flags {
  const given: SettingValue[] = []
  const problems: string[] = []
  let config: string | undefined
  for (const argument of parseCommandLine(argv, flagKind)) {
    if (argument.kind === 'word') {
      problems.push(`"${argument.text}" is not expected here: settings are given as --name value.`)
      continue
    }
    const { name, typed } = argument
    if (argument.kind === 'unknown') {
      problems.push(`There is no flag ${typed}${didYouMean(name, FLAGS, '--')}`)
      continue
    }
    const setting = SETTINGS.get(name)
    const text = argument.value ?? (flagKind(name) === 'optional' ? 'true' : undefined)
    if (text === undefined) problems.push(`The flag ${typed} needs a value after it.`)
    else if (setting) given.push({ setting, value: valueOfText(text, setting.facts), origin: `the flag ${typed}` })
    else config = text
  }
  return { given, problems, config }
}

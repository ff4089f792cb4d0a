import { type OptionKind, parseCommandLine } from './command-line.ts'
import { SETTINGS, settingAt } from './setting-metadata.ts'
import { didYouMean, type ParsedSettings, type SettingValue, valueOfText } from './setting-values.ts'

/** The settings on the command line. */
export interface Flags extends ParsedSettings {
  /** The path given by `--config`, as typed. */
  readonly config: string | undefined
}

/** The names of all flags: every setting, and `config` for the configuration file. */
export const FLAGS: readonly string[] = [...SETTINGS.keys(), 'config']

/**
 * Whether a flag takes a value; undefined for an unknown flag. A boolean flag without a value is true.
 */
export function flagKind(name: string): OptionKind | undefined {
  if (name === 'config') return 'value'
  const setting = settingAt(name)
  if (!setting) return undefined
  return setting.facts.type === 'boolean' ? 'optional' : 'value'
}

/**
 * Reads the settings given as flags. If a flag is repeated the last one wins.
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
    const setting = settingAt(name)
    const text = argument.value ?? (flagKind(name) === 'optional' ? 'true' : undefined)
    if (text === undefined) problems.push(`The flag ${typed} needs a value after it.`)
    else if (!setting) config = text
    else {
      const value = valueOfText(text, setting.facts)
      given.push({ setting, value, origin: `the flag ${typed}`, isAlias: setting.path !== name })
    }
  }
  return { given, problems, config }
}

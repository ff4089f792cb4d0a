import { didYouMean, type Given, type Reading, valueOfText } from './given.ts'
import { SETTINGS } from './settings.ts'

const SHORT: Readonly<Record<string, string>> = { '-P': '--port', '-H': '--host' }

/** What the command line says. */
export interface Flags extends Reading {
  /** The path after `--config`, as it was typed. */
  readonly config: string | undefined
}

/**
 * Reads `--a.b_c VALUE`, `--a.b_c=VALUE`, both also with hyphens for underscores, `-P PORT`, `-H HOST` and
 * `--config FILE`. A setting that is true or false is true without a value. Of a flag given twice the last counts.
 * @param argv the arguments after the command
 */
export function readFlags(argv: readonly string[]): Flags {
  const given: Given[] = []
  const problems: string[] = []
  let config: string | undefined
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? ''
    if (!argument.startsWith('-')) {
      problems.push(`"${argument}" is not expected here: settings are given as --name value.`)
      continue
    }
    const [typed = '', ...inline] = argument.split('=')
    const name = (SHORT[typed] ?? typed).replace(/^--/, '').replaceAll('-', '_')
    const setting = SETTINGS.get(name)
    if (!setting && name !== 'config') {
      problems.push(`There is no flag ${typed}${didYouMean(name, [...SETTINGS.keys(), 'config'], '--')}`)
      // Its value, if the next argument is one, is no mistake of its own.
      if (inline.length === 0 && argv[at + 1]?.startsWith('-') === false) at++
      continue
    }
    const isBare = setting?.facts.type === 'boolean' && argv[at + 1]?.startsWith('-') !== false
    const text = inline.length > 0 ? inline.join('=') : isBare ? 'true' : argv[++at]
    if (text === undefined) problems.push(`The flag ${typed} needs a value after it.`)
    else if (setting) given.push({ setting, value: valueOfText(text, setting.facts), origin: `the flag ${typed}` })
    else config = text
  }
  return { given, problems, config }
}

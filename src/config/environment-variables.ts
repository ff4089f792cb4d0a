import { SETTINGS } from './setting-metadata.ts'
import { didYouMean, type ParsedSettings, type SettingValue, valueOfText } from './setting-values.ts'

/** The variable that names another configuration file. */
export const CONFIG_VARIABLE = 'BELVEDERE_CONFIG'

// Of the command line tools and of the tests; they mean nothing to the server.
const OF_OTHERS = /^BELVEDERE_(URL$|TEST_)/

const BY_VARIABLE = new Map([...SETTINGS.values()].map((setting) => [setting.variable, setting]))
const BY_ALIAS = new Map(
  [...SETTINGS.values()].flatMap((setting) =>
    setting.facts.alias === undefined ? [] : [[setting.facts.alias, setting]],
  ),
)

/**
 * Reads the variables that begin with BELVEDERE_, and those of other names that existing installations set. Of a
 * setting that has both, ours counts.
 * @param origin where a variable came from, for messages
 */
export function readVariables(
  variables: Readonly<Record<string, string | undefined>>,
  origin: (name: string) => string,
): ParsedSettings {
  const given: SettingValue[] = []
  const problems: string[] = []
  for (const [name, setting] of BY_ALIAS) {
    const text = variables[name]
    // An empty one means the same as none, as in the programs that these are of.
    if (text) given.push({ setting, value: valueOfText(text, setting.facts), origin: origin(name) })
  }
  for (const [name, text] of Object.entries(variables)) {
    if (!name.startsWith('BELVEDERE_') || name === CONFIG_VARIABLE || OF_OTHERS.test(name) || text === undefined)
      continue
    const setting = BY_VARIABLE.get(name)
    if (setting) given.push({ setting, value: valueOfText(text, setting.facts), origin: origin(name) })
    else
      problems.push(
        `There is no setting ${name} (${origin(name)})${didYouMean(name, [...BY_VARIABLE.keys(), CONFIG_VARIABLE])}`,
      )
  }
  return { given, problems }
}

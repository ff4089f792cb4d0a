import { SETTINGS } from './setting-metadata.ts'
import { didYouMean, type ParsedSettings, type SettingValue, valueOfText } from './setting-values.ts'

/** The environment variable with the path of the configuration file. */
export const CONFIG_VARIABLE = 'BELVEDERE_CONFIG'

// Variables of the command line tools and the tests, which are not settings.
const OF_OTHERS = /^BELVEDERE_((URL|TOKEN)$|TEST_)/

const BY_VARIABLE = new Map([...SETTINGS.values()].map((setting) => [setting.variable, setting]))
const BY_ALIAS = new Map([...SETTINGS.values()].map((setting) => [setting.alias?.variable, setting]))

/**
 * Reads the settings in environment variables: those that begin with BELVEDERE_, and the aliases that existing
 * installations use.
 * @param origin names where a variable came from, for messages
 */
export function readVariables(
  variables: Readonly<Record<string, string | undefined>>,
  origin: (name: string) => string,
): ParsedSettings {
  const given: SettingValue[] = []
  const problems: string[] = []
  for (const [name, text] of Object.entries(variables)) {
    const isOurs = name.startsWith('BELVEDERE_')
    if (name === CONFIG_VARIABLE || OF_OTHERS.test(name) || text === undefined) continue
    const own = BY_VARIABLE.get(name)
    const setting = own ?? BY_ALIAS.get(name)
    // An empty variable of other programs counts as unset, as it does there.
    if (setting && (isOurs || text !== ''))
      given.push({ setting, value: valueOfText(text, setting.facts), origin: origin(name), isAlias: !own })
    else if (isOurs)
      problems.push(
        `There is no setting ${name} (${origin(name)})${didYouMean(name, [...BY_VARIABLE.keys(), CONFIG_VARIABLE])}`,
      )
  }
  return { given, problems }
}

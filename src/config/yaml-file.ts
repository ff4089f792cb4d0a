import { createRequire } from 'node:module'
import { GROUPS, SETTINGS, settingAt } from './setting-metadata.ts'
import { didYouMean, type ParsedSettings, type SettingValue } from './setting-values.ts'

/**
 * Reads the settings in a YAML configuration file.
 * @param file its name for messages
 */
export function readYaml(text: string, file: string): ParsedSettings {
  // Loaded lazily: it takes 10 ms, and most servers start without a configuration file.
  const require = createRequire(import.meta.url)
  const { isMap, isNode, isScalar, LineCounter, parseDocument }: typeof import('yaml') = require('yaml')

  const given: SettingValue[] = []
  const problems: string[] = []
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number | undefined) => `${file}, line ${lines.linePos(offset ?? 0).line}`
  const read = (node: unknown, prefix: string) => {
    if (!isMap(node)) {
      problems.push(`${prefix === '' ? 'The file' : prefix} must hold settings as "name: value" (${file}).`)
      return
    }
    for (const { key, value } of node.items) {
      const name = String(isScalar(key) ? key.value : key)
      const path = prefix === '' ? name : `${prefix}.${name}`
      const origin = place(isNode(key) ? key.range?.[0] : undefined)
      const setting = settingAt(path)
      // A group whose lines are all commented out is null.
      const isEmpty = value === null || (isScalar(value) && value.value === null)
      if (setting) {
        const shown = isNode(value) ? value.toJS(document) : value
        given.push({ setting, value: shown, origin, isAlias: setting.path !== path })
      } else if (!isGroup(path)) problems.push(`There is no setting ${path} (${origin})${didYouMean(path, NAMES)}`)
      else if (!isEmpty) read(value, path)
    }
  }
  if (document.errors.length > 0)
    return { given, problems: document.errors.map(({ message, pos }) => `${message} (${place(pos[0])}).`) }
  if (document.contents !== null && !(isScalar(document.contents) && document.contents.value === null))
    read(document.contents, '')
  return { given, problems }
}

const NAMES = [...SETTINGS.keys(), ...GROUPS.map(({ name }) => name)].filter((name) => name !== '')

function isGroup(path: string): boolean {
  return path !== '' && GROUPS.some(({ name }) => name === path)
}

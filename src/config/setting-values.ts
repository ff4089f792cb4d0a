import type { Facts, Setting } from './setting-metadata.ts'

/** A value given for a setting. */
export interface SettingValue {
  readonly setting: Setting
  readonly value: unknown
  /** Where it was given, for messages ("from …"): "the flag --port", "belvedere.yaml, line 3". */
  readonly origin: string
  /** Whether it was given under another name than its own. */
  readonly isAlias?: boolean
}

/** The result of reading one source: the settings given there, and error messages. */
export interface ParsedSettings {
  readonly given: readonly SettingValue[]
  readonly problems: readonly string[]
}

const NUMBER = /^[+-]?\d+(\.\d+)?$/

/**
 * Converts a text from the command line or the environment by the setting's type: a number, true/false/1/0, a list
 * (comma-separated or JSON), a table (JSON), or the text itself. A text that does not convert is returned unchanged; validation refuses
 * it later, together with all other wrong values.
 */
export function valueOfText(text: string, { type, items = {} }: Facts): unknown {
  const trimmed = text.trim()
  if (type === 'number' || type === 'integer') return NUMBER.test(trimmed) ? Number(trimmed) : text
  if (type === 'boolean') {
    if (trimmed === 'true' || trimmed === '1') return true
    return trimmed === 'false' || trimmed === '0' ? false : text
  }
  if (type === 'object') return parseJson(trimmed)
  if (type === 'array')
    return trimmed.startsWith('[') ? parseJson(trimmed) : splitList(trimmed).map((item) => valueOfText(item, items))
  return text
}

/** `". Did you mean …?"` if a known name is close (edit distance), else `"."`. @param prefix put before the name */
export function didYouMean(wrong: string, known: Iterable<string>, prefix = ''): string {
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const name of known) {
    // A name without its group ("body_bytes" for "http.body_bytes") counts like a small misspelling.
    const leaf = name.slice(name.lastIndexOf('.') + 1)
    const distance = Math.min(editDistance(wrong, name), leaf === name ? Infinity : editDistance(wrong, leaf) + 0.5)
    if (distance < least) [best, least] = [name, distance]
  }
  return best !== undefined && least <= Math.max(2, wrong.length / 4) ? `. Did you mean ${prefix}${best}?` : '.'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** The Levenshtein distance: the insertions, deletions and substitutions that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    row = next
  }
  return row[b.length] ?? 0
}

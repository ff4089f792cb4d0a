import type { Facts, Setting } from './setting-metadata.ts'

/** The value of a setting that somebody gave. */
export interface SettingValue {
  readonly setting: Setting
  readonly value: unknown
  /** Where, in words that go on from "from": "the flag --port", "belvedere.yaml, line 3". */
  readonly origin: string
}

/** What one place says: the settings given there, and sentences about what could not be understood. */
export interface ParsedSettings {
  readonly given: readonly SettingValue[]
  readonly problems: readonly string[]
}

const NUMBER = /^[+-]?\d+(\.\d+)?$/

/**
 * The value that a text of the command line or the environment stands for: a number, true/false/1/0, a list separated
 * by commas or in JSON, or the text itself. A text that is none of what the setting takes stays as it is, to be refused
 * together with all other wrong values.
 */
export function valueOfText(text: string, { type }: Facts): unknown {
  const trimmed = text.trim()
  if (type === 'number' || type === 'integer') return NUMBER.test(trimmed) ? Number(trimmed) : text
  if (type === 'boolean') {
    if (trimmed === 'true' || trimmed === '1') return true
    return trimmed === 'false' || trimmed === '0' ? false : text
  }
  if (type === 'array') return trimmed.startsWith('[') ? parseJson(trimmed) : splitList(trimmed)
  return text
}

/** `". Did you mean …?"` for a name that is close to one of those known, else `"."`. The prefix is put before it. */
export function didYouMean(wrong: string, known: Iterable<string>, prefix = ''): string {
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const name of known) {
    // "body_bytes" is as near to "http.body_bytes" as a misspelling.
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

/** How many letters must be put in, taken out or changed (Levenshtein) to make `b` of `a`. */
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

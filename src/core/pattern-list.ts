import { LruMap } from './lru-map.ts'
import { nameId } from './stream-name.ts'
import { matchesWildcard } from './wildcard.ts'

/** A pattern, with what a text must contain before it is worth a closer look. */
interface SplitPattern {
  readonly pattern: string
  /** What a text must begin with. */
  readonly prefix: string
  /** What it must end with. */
  readonly suffix: string
  /** The longest part of the pattern without wildcards. */
  readonly longest: string
}

/** How many decisions are remembered for each list; the rest is decided again. */
export const MAX_DECISIONS = 1000

/**
 * A list of wildcard patterns (`*` and `?`), prepared for matching many names: names without wildcards are looked up, the
 * others are tried only on texts that begin and end like them and contain their longest part, and recent decisions are
 * remembered.
 */
export class PatternList {
  readonly #names = new Set<string>()
  readonly #patterns: SplitPattern[] = []
  readonly #decisions = new LruMap<string, boolean>(MAX_DECISIONS)

  constructor(patterns: readonly string[]) {
    for (const given of patterns) {
      const pattern = nameId(given)
      if (/[*?]/.test(pattern)) this.#patterns.push(split(pattern))
      else this.#names.add(pattern)
    }
  }

  /** Whether a name matches one of the patterns, in whatever spelling (`nameId`). */
  matches(name: string): boolean {
    const text = nameId(name)
    if (this.#names.has(text)) return true
    if (this.#patterns.length === 0) return false
    const known = this.#decisions.get(text)
    if (known !== undefined) return known
    const decision = this.#patterns.some(
      ({ pattern, prefix, suffix, longest }) =>
        text.startsWith(prefix) && text.endsWith(suffix) && text.includes(longest) && matchesWildcard(pattern, text),
    )
    this.#decisions.set(text, decision)
    return decision
  }
}

/** Prepared lists, for as long as the arrays that they were made of. */
const LISTS = new WeakMap<readonly string[], PatternList>()

/** Whether a name matches one of the patterns. @param patterns never changed; prepared on first use */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  let list = LISTS.get(patterns)
  if (!list) {
    list = new PatternList(patterns)
    LISTS.set(patterns, list)
  }
  return list.matches(name)
}

function split(pattern: string): SplitPattern {
  // Half a character at an end would match half of one in the text.
  const parts = pattern.isWellFormed() ? pattern.split(/[*?]/) : []
  const longest = parts.reduce((most, part) => (part.length > most.length ? part : most), '')
  return { pattern, prefix: parts[0] ?? '', suffix: parts.at(-1) ?? '', longest }
}

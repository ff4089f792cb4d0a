import { nameId } from './stream-name.ts'
import { matchesWildcard } from './wildcard.ts'

/** What the class numbers of a detector mean for some labels. */
export interface ClassNames {
  /** Pattern of the labels it applies to (`*` and `?` are wildcards). */
  readonly labels: string
  /** The names of class 0, class 1 and so on. */
  readonly names: readonly string[]
}

/**
 * Parses one entry of the setting `labels.class_names`, for example `site-*=Hardhat|Mask|Person`. The label pattern
 * ends at the first `=`; spaces around names are ignored.
 */
export function parseClassNames(entry: string): ClassNames {
  const [labels = '', ...rest] = entry.split('=')
  const names = rest
    .join('=')
    .split('|')
    .map((name) => name.trim())
  return { labels: labels.trim(), names }
}

/** The class names of a label: those of the first entry whose pattern matches; empty if none does. */
export function classNamesOf(label: string, entries: readonly ClassNames[]): readonly string[] {
  return entries.find(({ labels }) => matchesWildcard(nameId(labels), nameId(label)))?.names ?? []
}

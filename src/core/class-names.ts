import { fitsWildcard } from './wildcard.ts'

/** What a detector's class numbers mean on some labels. */
export interface ClassNames {
  /** The labels it holds for: `*` stands for any characters, `?` for one. */
  readonly labels: string
  /** The name of class 0, of class 1, and so on. */
  readonly names: readonly string[]
}

/**
 * Reads one entry of the setting `labels.class_names`: `site-*=Hardhat|Mask|Person`. What stands before the first `=`
 * are the labels; spaces around names do not count.
 */
export function parseClassNames(entry: string): ClassNames {
  const [labels = '', ...rest] = entry.split('=')
  const names = rest
    .join('=')
    .split('|')
    .map((name) => name.trim())
  return { labels: labels.trim(), names }
}

/**
 * The names of the classes of a label: those of the first entry that the label fits, none if there is no such entry.
 */
export function classNamesOf(label: string, entries: readonly ClassNames[]): readonly string[] {
  return entries.find(({ labels }) => fitsWildcard(labels, label))?.names ?? []
}

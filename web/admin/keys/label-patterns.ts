import { fitsWildcard } from '../../../src/core/wildcard.ts'

/** Fits every label. */
export const ALL_LABELS = '*'

/** The labels, of those there are, that one of the patterns fits. */
export function matchingLabels(patterns: readonly string[], labels: readonly string[]): string[] {
  return labels.filter((label) => patterns.some((pattern) => fitsWildcard(pattern, label)))
}

/** A label that a key with these patterns is good for: one there is, else one that could be. */
export function exampleLabel(patterns: readonly string[], labels: readonly string[]): string {
  const [known] = matchingLabels(patterns, labels)
  return known ?? patterns.map((pattern) => pattern.replaceAll('*', '').replaceAll('?', '1')).find(Boolean) ?? 'site'
}

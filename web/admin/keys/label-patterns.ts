import { matchesAny } from '../../../src/core/pattern-list.ts'

/** The pattern that matches every label. */
export const ALL_LABELS = '*'

/** The existing labels that match one of the patterns. */
export function matchingLabels(patterns: readonly string[], labels: readonly string[]): string[] {
  return labels.filter((label) => matchesAny(patterns, label))
}

/** An example of a label that matches the patterns: an existing one, else a made-up one. */
export function exampleLabel(patterns: readonly string[], labels: readonly string[]): string {
  const [known] = matchingLabels(patterns, labels)
  return known ?? patterns.map((pattern) => pattern.replaceAll('*', '').replaceAll('?', '1')).find(Boolean) ?? 'site'
}

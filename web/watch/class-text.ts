import type { TFunction } from 'i18next'

/** A detector's class in the user's language; one that is not known is called as it came. */
export function classText(name: string, t: TFunction<'watch'>): string {
  const key = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
  // Names come from detectors: there may be any.
  return t(`class.${key}` as 'class.person', { defaultValue: name })
}

import type { TFunction } from 'i18next'

/** A detector's class name in the user's language; unknown names are shown as is. */
export function classText(name: string, t: TFunction<'watch'>): string {
  const key = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
  // Names come from detectors and may be arbitrary.
  return t(`class.${key}` as 'class.person', { defaultValue: name })
}

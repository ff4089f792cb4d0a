import type { ClassNames } from '../../src/core/class-names.ts'

/** Reads the class names from a response of `/app/settings.json`; none if it is another response. */
export function classNamesIn(settings: unknown): readonly ClassNames[] {
  // A shallow check: our own server's response is trusted.
  return hasClassNames(settings) ? settings.class_names : []
}

function hasClassNames(settings: unknown): settings is { class_names: ClassNames[] } {
  return typeof settings === 'object' && settings !== null && 'class_names' in settings
}

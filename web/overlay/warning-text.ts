import type { TFunction } from 'i18next'
import type { Warning } from '../../src/wire/warnings.ts'

/** A warning in the user's language, with its count if above 1: "No hardhat × 2". An unknown name is shown as is. */
export function warningText({ name, count }: Warning, t: TFunction<'common'>): string {
  // Names come from detectors and may be arbitrary.
  const words = t(`warning.${name}` as 'warning.no_hardhat', { defaultValue: name.replaceAll('_', ' ') })
  return count === undefined || count === 1 ? words : `${words} × ${count}`
}

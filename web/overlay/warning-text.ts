import type { TFunction } from 'i18next'
import type { Warning } from '../../src/wire/warnings.ts'

/** A warning in the user's language, with how many if there are more: "No hardhat × 2". One whose name is not known is told as it came. */
export function warningText({ name, count }: Warning, t: TFunction<'common'>): string {
  // Names come from detectors: there may be any.
  const words = t(`warning.${name}` as 'warning.no_hardhat', { defaultValue: name.replaceAll('_', ' ') })
  return count === undefined || count === 1 ? words : `${words} × ${count}`
}

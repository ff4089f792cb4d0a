import type { Config } from '../../config/all-settings.ts'
import type { QuotaRules } from '../../core/quota.ts'

/** How clients share places of one kind. @param max of all together @param share of one of them */
export function sharedPlaces({ reserved_percent }: Config['streaming'], max: number, share: number): QuotaRules {
  return { max, share, reserved: Math.floor((max * reserved_percent) / 100) }
}

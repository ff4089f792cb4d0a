import { useTranslation } from 'react-i18next'
import { pageOrigin } from '../server-address.ts'
import type { ConnectionTrouble } from './connection-trouble.ts'

/** A hook: a function that gives the message for what is wrong with the connection. */
export function useTroubleText(): (trouble: ConnectionTrouble) => string {
  const { t } = useTranslation()
  return (trouble) => {
    switch (trouble.kind) {
      case 'gateway':
        return t('gateway', { status: trouble.status })
      case 'refused':
        return t('refused', { reason: trouble.reason })
      case 'origin':
        return t('origin', { reason: trouble.reason, origin: pageOrigin() })
      default:
        return t(trouble.kind)
    }
  }
}

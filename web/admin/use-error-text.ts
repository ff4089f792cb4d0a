import { useTranslation } from 'react-i18next'
import type { HttpProblem } from '../access/fetch-json.ts'

/** A hook: a function that gives the message for a failure; the server's own if there is one. */
export function useErrorText(): (failure: HttpProblem) => string {
  const { t } = useTranslation('admin')
  return ({ status, message, retryAfter }) => {
    if (status === 0) return t('noAnswer')
    if (status === 401) return t('signedOut')
    if (status === 429 && retryAfter !== undefined) return t('tooMany', { seconds: Math.ceil(retryAfter) })
    return message || t('noReason', { status })
  }
}

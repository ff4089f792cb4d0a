import { useTranslation } from 'react-i18next'
import type { HttpProblem } from '../access/fetch-json.ts'
import { useTroubleText } from '../navigation/use-trouble-text.ts'

/** A hook: a function that gives the message for a failure; the server's own if there is one. */
export function useErrorText(): (failure: HttpProblem) => string {
  const { t } = useTranslation('admin')
  const textOf = useTroubleText()
  return (failure) => {
    const { status, message, retryAfter } = failure
    if (status === 0) return t('noAnswer')
    if (failure.isProxySignIn) return textOf({ kind: 'proxySignIn' })
    if (status === 401) return t('signedOut')
    if (status === 429 && retryAfter !== undefined) return t('tooMany', { seconds: Math.ceil(retryAfter) })
    return message || t('noReason', { status })
  }
}

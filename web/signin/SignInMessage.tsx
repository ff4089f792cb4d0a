import { Button, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useTroubleText } from '../navigation/use-trouble-text.ts'
import { pagePath, serverUrl } from '../server-address.ts'
import type { SignInTrouble } from './sign-in-trouble.ts'

/** Why signing in failed, and what can be done about it. */
export interface SignInMessageProps {
  readonly trouble: SignInTrouble
  /** How long to wait after too many attempts. */
  readonly secondsLeft: number
}

/** Says why signing in failed. */
export function SignInMessage({ trouble, secondsLeft }: SignInMessageProps) {
  const { t } = useTranslation(['access', 'common'])
  const textOf = useTroubleText()
  switch (trouble.kind) {
    case 'tooOften':
      // Announced once to screen readers, while the visible text counts down.
      return (
        <>
          <p aria-hidden="true">{secondsLeft > 0 ? t('tooOften', { count: secondsLeft }) : t('tooOftenOver')}</p>
          <VisuallyHidden role="alert">{t('tooOften', { count: trouble.seconds })}</VisuallyHidden>
        </>
      )
    case 'failed':
      return <p role="alert">{t('failed', { reason: trouble.reason })}</p>
    case 'between':
      return (
        <>
          <p role="alert">{textOf(trouble.trouble)}</p>
          {trouble.trouble.kind === 'proxySignIn' && (
            <Button variant="light" onClick={() => location.reload()}>
              {t('reload', { ns: 'common' })}
            </Button>
          )}
        </>
      )
    case 'framed':
      return (
        <>
          <p role="alert">{t('framed')}</p>
          <Button
            variant="light"
            component="a"
            href={serverUrl(pagePath() + location.search)}
            target="_blank"
            rel="noopener"
          >
            {t('ownTab')}
          </Button>
        </>
      )
    default:
      return <p role="alert">{t(trouble.kind)}</p>
  }
}

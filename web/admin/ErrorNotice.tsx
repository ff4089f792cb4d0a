import { Anchor, Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import type { HttpProblem } from '../access/fetch-json.ts'
import { signInPath } from '../access/sign-in-path.ts'
import classes from './ErrorNotice.module.css'
import { useErrorText } from './use-error-text.ts'

/** An error message with a remedy: sign in, or try again. */
export function ErrorNotice({ failure, onRetry }: { failure: HttpProblem; onRetry?: () => void }) {
  const { t } = useTranslation('admin')
  const { pathname, search } = useLocation()
  const textOf = useErrorText()
  const isUnknown = failure.status === 401 && !failure.isFromProxy
  return (
    <div className={classes.trouble} role="alert" tabIndex={-1} data-trouble>
      <p>{textOf(failure)}</p>
      {isUnknown && (
        <Anchor component={Link} to={signInPath(pathname + search)} underline="always" inherit>
          {t('signIn')}
        </Anchor>
      )}
      {!isUnknown && failure.status !== 403 && onRetry && (
        <Button variant="default" onClick={onRetry}>
          {t('again')}
        </Button>
      )}
    </div>
  )
}

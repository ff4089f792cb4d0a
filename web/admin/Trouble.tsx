import { Anchor, Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import type { HttpProblem } from '../access/http.ts'
import { useFailureText } from './failure-text.ts'
import classes from './Trouble.module.css'

/** Says why something is not there, and what to do about it: sign in, or try again. */
export function Trouble({ failure, onRetry }: { failure: HttpProblem; onRetry?: () => void }) {
  const { t } = useTranslation('admin')
  const { pathname, search } = useLocation()
  const textOf = useFailureText()
  const isRefused = failure.status === 401 || failure.status === 403
  return (
    <div className={classes.trouble} role="alert" tabIndex={-1} data-trouble>
      <p>{textOf(failure)}</p>
      {isRefused && (
        <Anchor
          component={Link}
          to={`/app/sign-in?next=${encodeURIComponent(pathname + search)}`}
          underline="always"
          inherit
        >
          {t('signIn')}
        </Anchor>
      )}
      {!isRefused && onRetry && (
        <Button variant="default" onClick={onRetry}>
          {t('again')}
        </Button>
      )}
    </div>
  )
}

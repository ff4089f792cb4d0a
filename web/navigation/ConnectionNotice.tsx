import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { signInPath } from '../access/sign-in-path.ts'
import { useAdmission } from '../access/use-admission.ts'
import { useDiagnosis } from '../access/use-diagnosis.ts'
import { useSessionState } from '../access/use-session.ts'
import { useConnection } from '../live/use-feed.ts'
import { useIsOutdated } from '../update/use-page-update.ts'
import classes from './ConnectionNotice.module.css'
import { type ConnectionTrouble, connectionTroubleOf } from './connection-trouble.ts'
import { useTroubleText } from './use-trouble-text.ts'

/** A notice while the server is unreachable, refuses the connection, or was updated and no longer fits the page. */
export function ConnectionNotice() {
  const { t } = useTranslation()
  const { retry, ...diagnosis } = useDiagnosis()
  const sessionState = useSessionState()
  const trouble = connectionTroubleOf({
    connection: useConnection(),
    admission: useAdmission(),
    sessionState,
    diagnosis,
  })
  const textOf = useTroubleText()
  const isOutdated = useIsOutdated()
  let content: ReactNode
  if (isOutdated)
    content = (
      <>
        <span>{t('updated')}</span>
        <ReloadButton />
      </>
    )
  else if (trouble)
    content = (
      <>
        <span>{textOf(trouble)}</span>
        {trouble.kind === 'proxySignIn' ? (
          <ReloadButton />
        ) : (
          <Button size="compact-sm" variant="light" onClick={retry}>
            {t('retry')}
          </Button>
        )}
        {isAboutRights(trouble) && !sessionState.session?.user && <SignInLink />}
      </>
    )
  return (
    <div role="status" className={classes.status}>
      {content}
    </div>
  )
}

function isAboutRights({ kind }: ConnectionTrouble): boolean {
  return kind === 'refused' || kind === 'origin'
}

function ReloadButton() {
  const { t } = useTranslation()
  return (
    <Button size="compact-sm" variant="light" onClick={() => location.reload()}>
      {t('reload')}
    </Button>
  )
}

function SignInLink() {
  const { t } = useTranslation('access')
  const { pathname, search } = useLocation()
  return (
    <Button size="compact-sm" variant="light" component={Link} to={signInPath(pathname + search)}>
      {t('signIn')}
    </Button>
  )
}

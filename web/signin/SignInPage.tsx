import { Button } from '@mantine/core'
import { Trans, useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { safeReturnPath } from '../access/sign-in-path.ts'
import { signOut } from '../access/sign-out.ts'
import { useAdmission } from '../access/use-admission.ts'
import { useSession } from '../access/use-session.ts'
import { usePageTitle } from '../hooks/use-page-title.ts'
import { TopBar } from '../navigation/TopBar.tsx'
import { serverUrl } from '../server-address.ts'
import { SignInForm } from './SignInForm.tsx'
import classes from './SignInPage.module.css'
import { signInHintsOf } from './sign-in-hints.ts'
import { useSignedOutText } from './signed-out-text.ts'

/** `/app/sign-in?next=…`: the sign-in form; for users who are signed in already, their name. */
export default function SignInPage() {
  const { t } = useTranslation('access')
  const session = useSession()
  const [query] = useSearchParams()
  const { kind, reason } = useAdmission()
  const textOf = useSignedOutText()
  const why = kind === 'signedOut' ? reason : undefined
  const next = safeReturnPath(query.get('next'))
  usePageTitle(t('signIn'))
  return (
    <div className={classes.page}>
      <TopBar />
      <main className={classes.main} id="content">
        {session?.user ? (
          <div className={classes.form}>
            <h1 className={classes.title}>{t('already', { name: session.user.username })}</h1>
            {/* A full page load, with the current session. */}
            <Button size="md" component="a" href={serverUrl(next)}>
              {t('continue')}
            </Button>
            <Button size="md" variant="default" onClick={() => void signOut().catch(() => location.reload())}>
              {t('signOut')}
            </Button>
          </div>
        ) : (
          <>
            {why && (
              <p className={classes.why} role="status">
                {textOf(why)}
              </p>
            )}
            <SignInForm next={next} />
            <div className={classes.hints}>
              {signInHintsOf(location.hostname, why).map((hint) => (
                <p key={hint}>
                  <Trans t={t} i18nKey={hint} components={{ code: <code /> }} />
                </p>
              ))}
            </div>
          </>
        )}
      </main>
    </div>
  )
}

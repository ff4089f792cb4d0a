import { useTranslation } from 'react-i18next'
import { Navigate } from 'react-router'
import { signInPath } from '../access/sign-in-path.ts'
import { useSession } from '../access/use-session.ts'
import { usePageTitle } from '../hooks/use-page-title.ts'
import { TopBar } from '../navigation/TopBar.tsx'
import { PATHS } from '../paths.ts'
import { AccountDetails } from './AccountDetails.tsx'
import classes from './AccountPage.module.css'
import { PasswordForm } from './PasswordForm.tsx'
import { SessionList } from './SessionList.tsx'

/** `/app/account`: the user's own account: details, password and sessions. */
export default function AccountPage() {
  const { t } = useTranslation('account')
  const session = useSession()
  usePageTitle(t('title'))
  if (session && !session.user)
    return <Navigate to={session.kind === 'link' ? '/' : signInPath(PATHS.account)} replace />
  return (
    <>
      <TopBar />
      <main className={classes.main} id="content">
        <h1 className={classes.title}>{t('title')}</h1>
        {session?.user && (
          <>
            <AccountDetails user={session.user} />
            <PasswordForm username={session.user.username} />
            <SessionList />
          </>
        )}
      </main>
    </>
  )
}

import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { signInPath } from '../access/sign-in-path.ts'
import { useSession } from '../access/use-session.ts'
import { PATHS } from '../paths.ts'
import { AccountMenuItems } from './AccountMenuItems.tsx'
import { BarMenu } from './BarMenu.tsx'
import classes from './UserMenu.module.css'

/** The user's menu, or the sign-in button. On a narrow screen it is part of the main menu. */
export function UserMenu() {
  const { t } = useTranslation('access')
  const session = useSession()
  const { pathname, search } = useLocation()
  if (session?.kind === 'anonymous' && pathname !== PATHS.signIn)
    return (
      <Link to={signInPath(pathname + search)} className={classes.signIn}>
        {t('signIn')}
      </Link>
    )
  if (!session?.user) return null
  const { username } = session.user
  const label = t('menuOf', { name: username })
  return (
    <BarMenu
      label={label}
      width={240}
      target={
        <button type="button" className={classes.user} aria-label={label}>
          <span className={classes.initial} aria-hidden="true">
            {initialOf(username)}
          </span>
        </button>
      }
    >
      <AccountMenuItems session={session} />
    </BarMenu>
  )
}

/** The first grapheme. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name)
  return first?.segment.toLocaleUpperCase() ?? ''
}

import { Menu, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { signInPath } from '../access/sign-in-path.ts'
import { useSession } from '../access/use-session.ts'
import { PATHS } from '../paths.ts'
import { AccountMenuItems } from './AccountMenuItems.tsx'
import classes from './UserMenu.module.css'

/** The user's menu, or the sign-in button. On a narrow screen it is part of the main menu. */
export function UserMenu() {
  const { t } = useTranslation('access')
  const session = useSession()
  const { pathname, search } = useLocation()
  const [isOpen, setOpen] = useState(false)
  if (session?.kind === 'anonymous' && pathname !== PATHS.signIn)
    return (
      <Link to={signInPath(pathname + search)} className={classes.signIn}>
        {t('signIn')}
      </Link>
    )
  if (!session?.user) return null
  const { username } = session.user
  return (
    <Menu
      position="bottom-end"
      width={240}
      shadow="md"
      withinPortal={false}
      withInitialFocusPlaceholder={false}
      opened={isOpen}
      onChange={setOpen}
    >
      <Menu.Target>
        <Tooltip label={t('menuOf', { name: username })} disabled={isOpen}>
          <button type="button" className={classes.user} aria-label={t('menuOf', { name: username })}>
            <span className={classes.initial} aria-hidden="true">
              {initialOf(username)}
            </span>
          </button>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <AccountMenuItems session={session} />
      </Menu.Dropdown>
    </Menu>
  )
}

/** The first grapheme. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name)
  return first?.segment.toLocaleUpperCase() ?? ''
}

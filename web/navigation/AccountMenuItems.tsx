import { Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { leaveShare } from '../access/guest.ts'
import { readRole } from '../access/roles.ts'
import type { PageSession } from '../access/session.ts'
import { signInPath } from '../access/sign-in-path.ts'
import { signOut } from '../access/sign-out.ts'
import { Icon } from '../icons.tsx'
import { PATHS } from '../paths.ts'
import { goTo } from '../server-address.ts'
import classes from './AccountMenuItems.module.css'
import { ADMIN_SECTIONS } from './admin-sections.ts'

/** The menu items by session: the user's name, account, admin pages, sign-in or sign-out. */
export function AccountMenuItems({ session }: { session: PageSession }) {
  const { t } = useTranslation(['access', 'admin', 'common'])
  const { pathname, search } = useLocation()
  if (session.kind === 'link')
    return (
      <Menu.Item leftSection={<Icon name="signOut" size={18} />} onClick={() => void leaveShare()}>
        {t('leave')}
      </Menu.Item>
    )
  if (!session.user)
    return (
      <Menu.Item component={Link} to={signInPath(pathname + search)} leftSection={<Icon name="signIn" size={18} />}>
        {t('signIn')}
      </Menu.Item>
    )
  const { username, role } = session.user
  const known = readRole(role)
  const sections = ADMIN_SECTIONS.filter(({ right }) => session.may.includes(right))
  return (
    <>
      <Menu.Label className={classes.who}>
        <span className={classes.name}>{username}</span>
        <span className={classes.role}>{known ? t(`role.${known}`) : role}</span>
      </Menu.Label>
      <Menu.Item component={Link} to={PATHS.account} leftSection={<Icon name="person" size={18} />}>
        {t('account')}
      </Menu.Item>
      {sections.length > 0 && (
        <>
          <Menu.Divider />
          <Menu.Label>{t('administration')}</Menu.Label>
          {sections.map(({ path, title, icon }) => (
            <Menu.Item key={path} component={Link} to={path} leftSection={<Icon name={icon} size={18} />}>
              {t(`admin:${title}`)}
            </Menu.Item>
          ))}
        </>
      )}
      <Menu.Divider />
      <Menu.Item
        leftSection={<Icon name="signOut" size={18} />}
        onClick={() => {
          signOut().catch(() => goTo(PATHS.account))
        }}
      >
        {t('signOut')}
      </Menu.Item>
    </>
  )
}

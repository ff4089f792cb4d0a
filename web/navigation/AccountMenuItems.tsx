import { Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { signInPath } from '../access/sign-in-path.ts'
import { readRole } from '../access/roles.ts'
import type { Session } from '../access/session.ts'
import { forgetShare } from '../access/share-token.ts'
import { signOut } from '../access/sign-out.ts'
import { adminRoutes } from '../admin/routes.tsx'
import { Icon } from '../icons.tsx'
import classes from './AccountMenuItems.module.css'
import { ACCOUNT } from '../app/pages.ts'

/** What of a menu is for whoever this is: who it is, the account, the admin's pages, the way in or out. */
export function AccountMenuItems({ session }: { session: Session }) {
  const { t } = useTranslation(['access', 'admin', 'common'])
  const { pathname, search } = useLocation()
  if (session.kind === 'link')
    return (
      <Menu.Item
        leftSection={<Icon name="signOut" size={18} />}
        onClick={() => {
          forgetShare()
          location.assign('/')
        }}
      >
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
  const routes = adminRoutes.filter(({ action }) => session.may.includes(action))
  return (
    <>
      <Menu.Label className={classes.who}>
        <span className={classes.name}>{username}</span>
        <span className={classes.role}>{known ? t(`role.${known}`) : role}</span>
      </Menu.Label>
      <Menu.Item component={Link} to={ACCOUNT} leftSection={<Icon name="person" size={18} />}>
        {t('account')}
      </Menu.Item>
      {routes.length > 0 && (
        <>
          <Menu.Divider />
          <Menu.Label>{t('administration')}</Menu.Label>
          {routes.map(({ path, title, icon }) => (
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
          signOut().catch(() => location.assign(ACCOUNT))
        }}
      >
        {t('signOut')}
      </Menu.Item>
    </>
  )
}

import { useTranslation } from 'react-i18next'
import { readRole } from '../access/roles.ts'
import type { SessionUser } from '../access/session.ts'
import classes from './AccountPage.module.css'

/** The user's name, role and sites. */
export function AccountDetails({ user }: { user: SessionUser }) {
  const { t } = useTranslation(['account', 'access'])
  const role = readRole(user.role)
  return (
    <dl className={classes.identity}>
      <dt>{t('access:username')}</dt>
      <dd>{user.username}</dd>
      <dt>{t('role')}</dt>
      <dd>
        {role ? t(`access:role.${role}`) : user.role}
        {role && <span className={classes.quiet}> · {t(`may.${role}`)}</span>}
      </dd>
      <dt>{t('sites')}</dt>
      <dd>
        {user.labels === undefined && t('sitesAll')}
        {user.labels?.length === 0 && <span className={classes.quiet}>{t('sitesNone')}</span>}
        {user.labels && user.labels.length > 0 && (
          <ul className={classes.sites}>
            {user.labels.map((label) => (
              <li key={label}>{label}</li>
            ))}
          </ul>
        )}
      </dd>
    </dl>
  )
}

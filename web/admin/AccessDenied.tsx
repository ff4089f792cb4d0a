import { Anchor } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import classes from './ErrorNotice.module.css'

/** Shown instead of an admin page to users who are signed in but not allowed (403). */
export function AccessDenied() {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  return (
    <div className={classes.trouble} role="alert">
      <p>{t('shut')}</p>
      <Anchor component={Link} to="/" underline="always" inherit>
        {common('toWall')}
      </Anchor>
    </div>
  )
}

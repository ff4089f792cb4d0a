import { Anchor } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import classes from './ErrorNotice.module.css'

/** In place of a page: for whoever is known, and may not open it. */
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

import { Anchor } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import type { Action } from '../../src/core/authorization.ts'
import { signInPath } from '../access/sign-in-path.ts'
import { useSession } from '../access/use-session.ts'
import classes from './ErrorNotice.module.css'

/**
 * Shown instead of an admin page to users who are signed in but not allowed (403), and to guests of a share link.
 * @param props.right what the page needs
 */
export function AccessDenied({ right }: { right: Action }) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const { t: access } = useTranslation('access')
  const { pathname, search } = useLocation()
  const isGuest = useSession()?.kind === 'link'
  return (
    <div className={classes.trouble} role="alert">
      <p>{t(isGuest ? 'shutForGuests' : right === 'edit_cameras' ? 'shutCameras' : 'shut')}</p>
      {isGuest && (
        <Anchor component={Link} to={signInPath(pathname + search)} underline="always" inherit>
          {access('signIn')}
        </Anchor>
      )}
      <Anchor component={Link} to="/" underline="always" inherit>
        {common('toWall')}
      </Anchor>
    </div>
  )
}

import { Badge, Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { relativeTime } from '../../client/time/relative-time.ts'
import { useServerNow } from '../live/use-server-now.ts'
import classes from './AccountPage.module.css'
import type { AccountSession } from './account-session.ts'
import { useDeviceName } from './use-device-name.ts'

/** One session of the user. */
export function SessionRow({ session, onEnd }: { session: AccountSession; onEnd: () => Promise<void> }) {
  const { t, i18n } = useTranslation('account')
  const now = useServerNow()
  const [isBusy, setIsBusy] = useState(false)
  const { agent, address, lastUsedAt, isCurrent } = session
  const device = useDeviceName()(agent)
  const isNow = lastUsedAt !== undefined && now - lastUsedAt < 60_000
  const when = lastUsedAt !== undefined && (isNow ? t('now') : relativeTime(lastUsedAt, now, i18n.language))
  const end = async () => {
    setIsBusy(true)
    await onEnd()
    setIsBusy(false)
  }
  return (
    <li className={classes.session}>
      <div className={classes.what}>
        <span className={classes.device} title={agent}>
          {device}
          {isCurrent && (
            <Badge variant="light" size="sm" className={classes.badge}>
              {t('thisOne')}
            </Badge>
          )}
        </span>
        <span className={classes.quiet}>{[address, when && t('lastUsed', { when })].filter(Boolean).join(' · ')}</span>
      </div>
      <Button
        variant="default"
        size="sm"
        loading={isBusy}
        aria-label={isCurrent ? t('signOut') : t('endOne', { device })}
        onClick={() => void end()}
      >
        {isCurrent ? t('signOut') : t('end')}
      </Button>
    </li>
  )
}

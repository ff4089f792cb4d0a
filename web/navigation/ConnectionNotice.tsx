import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAdmission } from '../access/use-admission.ts'
import { useConnection, useFeed } from '../live/use-feed.ts'
import { useIsOutdated } from '../update/use-page-update.ts'
import classes from './ConnectionNotice.module.css'

/** A notice while the server is unreachable, refuses the connection, or was updated and no longer fits the page. */
export function ConnectionNotice() {
  const { t } = useTranslation()
  const feed = useFeed()
  const { state, reason, code } = useConnection()
  const { kind } = useAdmission()
  const isOutdated = useIsOutdated()
  // Most refusals are resolved before anybody could read the notice, and the first attempt is not a problem yet.
  const isTrouble = (state === 'disconnected' && kind === 'refused') || (state === 'connecting' && code !== 0)
  return (
    <div role="status" className={classes.status}>
      {isOutdated ? (
        <>
          <span>{t('updated')}</span>
          <Button size="compact-sm" variant="light" onClick={() => location.reload()}>
            {t('reload')}
          </Button>
        </>
      ) : (
        isTrouble && (
          <>
            <span>{state === 'disconnected' ? t('refused', { reason }) : t('noConnection')}</span>
            <Button size="compact-sm" variant="light" onClick={() => feed.retry()}>
              {t('retry')}
            </Button>
          </>
        )
      )}
    </div>
  )
}
